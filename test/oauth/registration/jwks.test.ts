import { generateKeyPairSync } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { parseClientKeys } from '../../../src/oauth/registration/jwks.ts';
import { signingClient } from '../../support/client-assertions.ts';
import { sharedServer, type TestServer } from '../../support/server.ts';

const RSA = generateKeyPairSync('rsa', { modulusLength: 2048 });
const rsa = RSA.publicKey.export({ format: 'jwk' });
const weak = generateKeyPairSync('rsa', { modulusLength: 1024 }).publicKey.export({ format: 'jwk' });
const p256 = generateKeyPairSync('ec', { namedCurve: 'P-256' }).publicKey.export({ format: 'jwk' });
const p384 = generateKeyPairSync('ec', { namedCurve: 'P-384' }).publicKey.export({ format: 'jwk' });
const ed25519 = generateKeyPairSync('ed25519').publicKey.export({ format: 'jwk' });
const x25519 = generateKeyPairSync('x25519').publicKey.export({ format: 'jwk' });

describe('RFC 7591 §2: jwks of a client', () => {
  it.each([
    [[rsa]],
    [[p256]],
    [[ed25519]],
    [
      [
        { ...rsa, kid: 'a' },
        { ...p256, kid: 'b', use: 'sig', alg: 'ES256' },
      ],
    ],
  ])('valid keys are stored unchanged (case %#)', (keys) => {
    expect(parseClientKeys({ keys })).toEqual({ keys });
  });

  it('members that a signature check does not need are dropped', () => {
    const more = { key_ops: ['verify'], x5u: 'https://evil.example', x5c: ['x'], ext: true };
    expect(parseClientKeys({ keys: [{ ...p256, ...more }], other: 1 })).toEqual({ keys: [p256] });
  });

  it.each<[string, unknown]>([
    ['an empty list', []],
    ['a key instead of a list', rsa],
    ['eleven keys', Array.from({ length: 11 }, (_, n) => ({ ...rsa, kid: `${n}` }))],
    ['a string instead of a key', ['x']],
    ['null instead of a key', [null]],
    ['a private key', [RSA.privateKey.export({ format: 'jwk' })]],
    ['a symmetric key', [{ kty: 'oct', k: 'c2VjcmV0' }]],
    ['an unknown key type', [{ ...rsa, kty: 'AKP' }]],
    ['__proto__ as the key type', [{ ...rsa, kty: '__proto__' }]],
    ['a weak key', [weak]],
    ['a key with the exponent 1', [{ ...rsa, e: 'AQ' }]],
    ['a key with a very long exponent', [{ ...rsa, e: `${rsa.n?.slice(0, 200)}B` }]],
    ['a key with the algorithm none', [{ ...rsa, alg: 'none' }]],
    ['a public key with a symmetric algorithm', [{ ...rsa, alg: 'HS256' }]],
    ['an unsupported curve', [p384]],
    ['a key agreement key', [x25519]],
    ['an encryption key', [{ ...rsa, use: 'enc' }]],
    ['a point outside the curve', [{ ...p256, x: p256.y }]],
    ['a missing member', [{ kty: 'RSA', n: rsa.n }]],
    ['a member that is not a string', [{ ...rsa, n: 5 }]],
    ['a member of 2001 characters', [{ ...rsa, kid: 'x'.repeat(2001) }]],
    [
      'two keys with the same kid',
      [
        { ...rsa, kid: 'a' },
        { ...p256, kid: 'a' },
      ],
    ],
    ['two keys, one without a kid', [{ ...rsa, kid: 'a' }, p256]],
  ])('%s is rejected', (_, keys) => {
    expect(() => parseClientKeys({ keys } as Record<string, unknown>)).toThrow(
      expect.objectContaining({ code: 'INVALID' }),
    );
  });
});

describe('RFC 7591 §2: jwks in registerClient and updateClient', () => {
  let server: TestServer;
  let token: string;
  beforeAll(async () => {
    server = await sharedServer();
    token = await server.accessToken({ user: await server.user({ superuser: true }) });
  });
  afterAll(() => server.close());

  const register = async (input: object) =>
    (
      await server.graphql(
        `mutation($input: RegisterClientInput!) { registerClient(input: $input) {
           client { clientId jwks tokenEndpointAuthMethod secrets { id } } clientSecret errors { message path } } }`,
        token,
        { input: { name: 'Signs', grantTypes: ['client_credentials'], ...input } },
      )
    ).body.data.registerClient;

  it('a client with private_key_jwt has keys and no secret', async () => {
    const jwks = { keys: [{ ...p256, kid: 'one' }] };
    const { client, clientSecret, errors } = await register({ tokenEndpointAuthMethod: 'private_key_jwt', jwks });
    expect([errors, clientSecret]).toEqual([[], null]);
    expect(client).toMatchObject({ jwks, tokenEndpointAuthMethod: 'private_key_jwt', secrets: [] });
    const rotate = `mutation { rotateClientSecret(input: { clientId: "${client.clientId}" }) { errors { message } } }`;
    const { body } = await server.graphql(rotate, token);
    expect(body.data.rotateClientSecret.errors[0].message).toContain('its own keys');
  });

  it('private_key_jwt and jwks are rejected without each other', async () => {
    for (const input of [{ tokenEndpointAuthMethod: 'private_key_jwt' }, { jwks: { keys: [p256] } }])
      expect((await register(input)).errors).toEqual([
        { message: 'private_key_jwt requires jwks, and jwks requires private_key_jwt', path: ['input', 'jwks'] },
      ]);
  });

  it('a client loses its secrets when it changes to private_key_jwt, and its keys when it changes back', async () => {
    const [client, signing] = [await server.client(), await signingClient(server)];
    const change = async (clientId: string, input: object) =>
      (
        await server.graphql(
          'mutation($input: UpdateClientInput!) { updateClient(input: $input) { client { jwks secrets { id } } errors { message } } }',
          token,
          { input: { clientId, ...input } },
        )
      ).body.data.updateClient;
    const jwks = { keys: [p256] };
    const changed = await change(client.clientId, { tokenEndpointAuthMethod: 'private_key_jwt', jwks });
    expect(changed).toEqual({ client: { jwks, secrets: [] }, errors: [] });
    const back = await change(signing.clientId, { tokenEndpointAuthMethod: 'client_secret_basic' });
    expect(back).toEqual({ client: { jwks: null, secrets: [] }, errors: [] });
  });
});
