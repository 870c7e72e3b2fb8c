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

describe('RFC 7591 §2 jwks: the keys of a client', () => {
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
  ])('takes them as they are (case %#)', (keys) => {
    expect(parseClientKeys({ keys })).toEqual({ keys });
  });

  it('keeps only what a signature is checked with', () => {
    const more = { key_ops: ['verify'], x5u: 'https://evil.example', x5c: ['x'], ext: true };
    expect(parseClientKeys({ keys: [{ ...p256, ...more }], other: 1 })).toEqual({ keys: [p256] });
  });

  it.each<[string, unknown]>([
    ['no keys', []],
    ['what is no list', rsa],
    ['too many', Array.from({ length: 11 }, (_, n) => ({ ...rsa, kid: `${n}` }))],
    ['no key', ['x']],
    ['null', [null]],
    ['a private key', [RSA.privateKey.export({ format: 'jwk' })]],
    ['a symmetric key', [{ kty: 'oct', k: 'c2VjcmV0' }]],
    ['a kind we do not know', [{ ...rsa, kty: 'AKP' }]],
    ['the name of a prototype', [{ ...rsa, kty: '__proto__' }]],
    ['a weak key', [weak]],
    ['a key whose signatures anybody can make', [{ ...rsa, e: 'AQ' }]],
    ['a key that takes long to check with', [{ ...rsa, e: `${rsa.n?.slice(0, 200)}B` }]],
    ['a key for no signature', [{ ...rsa, alg: 'none' }]],
    ['a public key as if both sides knew it', [{ ...rsa, alg: 'HS256' }]],
    ['a curve we do not take', [p384]],
    ['a key for agreement', [x25519]],
    ['a key for encryption', [{ ...rsa, use: 'enc' }]],
    ['a point that is not on the curve', [{ ...p256, x: p256.y }]],
    ['a member that is missing', [{ kty: 'RSA', n: rsa.n }]],
    ['a member that is no text', [{ ...rsa, n: 5 }]],
    ['a member without an end', [{ ...rsa, kid: 'x'.repeat(2001) }]],
    [
      'two keys of one name',
      [
        { ...rsa, kid: 'a' },
        { ...p256, kid: 'a' },
      ],
    ],
    ['two keys, one of which has no name', [{ ...rsa, kid: 'a' }, p256]],
  ])('refuses %s', (_, keys) => {
    expect(() => parseClientKeys({ keys } as Record<string, unknown>)).toThrow(
      expect.objectContaining({ code: 'INVALID' }),
    );
  });
});

describe('Registering by GraphQL', () => {
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

  it('private_key_jwt has keys and no secret', async () => {
    const jwks = { keys: [{ ...p256, kid: 'one' }] };
    const { client, clientSecret, errors } = await register({ tokenEndpointAuthMethod: 'private_key_jwt', jwks });
    expect([errors, clientSecret]).toEqual([[], null]);
    expect(client).toMatchObject({ jwks, tokenEndpointAuthMethod: 'private_key_jwt', secrets: [] });
    const rotate = `mutation { rotateClientSecret(input: { clientId: "${client.clientId}" }) { errors { message } } }`;
    const { body } = await server.graphql(rotate, token);
    expect(body.data.rotateClientSecret.errors[0].message).toContain('its own keys');
  });

  it('the method and the keys go together', async () => {
    for (const input of [{ tokenEndpointAuthMethod: 'private_key_jwt' }, { jwks: { keys: [p256] } }])
      expect((await register(input)).errors).toEqual([
        { message: 'private_key_jwt requires jwks, and jwks requires private_key_jwt', path: ['input', 'jwks'] },
      ]);
  });

  it('a client that changes over loses its secrets, and one that changes back its keys', async () => {
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
    const over = await change(client.clientId, { tokenEndpointAuthMethod: 'private_key_jwt', jwks });
    expect(over).toEqual({ client: { jwks, secrets: [] }, errors: [] });
    const back = await change(signing.clientId, { tokenEndpointAuthMethod: 'client_secret_basic' });
    expect(back).toEqual({ client: { jwks: null, secrets: [] }, errors: [] });
  });
});
