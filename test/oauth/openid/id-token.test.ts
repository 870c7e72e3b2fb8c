import { createHash } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { addGroupMember } from '../../../src/directory/group-members.ts';
import { createGroup } from '../../../src/directory/groups.ts';
import { issueCode } from '../../support/authorize.ts';
import { theOperator, unique } from '../../support/fixtures.ts';
import { verifyIdToken } from '../../support/id-tokens.ts';
import { sharedServer, type TestServer } from '../../support/server.ts';
import { exchange, refreshing } from '../../support/token-forms.ts';

let server: TestServer;
beforeAll(async () => {
  server = await sharedServer();
});
afterAll(() => server.close());

const now = () => Math.floor(Date.now() / 1000);

describe('OpenID Connect Core 1.0 §2, §3.1.3.3: the ID token', () => {
  it("an ID token is signed with RS256 and describes the user's sign-in, and a code without openid gets none", async () => {
    const [client, user] = [await server.client(), await server.user()];
    const code = await issueCode(server, client, { scope: 'openid read', nonce: 'n-0S6_WzA2Mj' }, user);
    const { body } = await server.token(exchange(code), client);
    const { claims, alg } = await verifyIdToken(server, client, body.id_token);

    const hash = createHash('sha256').update(body.access_token).digest().subarray(0, 16).toString('base64url');
    expect(alg).toBe('RS256');
    expect(claims).toEqual({
      iss: server.config.issuer,
      sub: user.id,
      aud: client.clientId,
      azp: client.clientId,
      iat: expect.any(Number),
      exp: Number(claims.iat) + 3600,
      auth_time: expect.any(Number),
      nonce: 'n-0S6_WzA2Mj',
      at_hash: hash,
      acr: '1',
      amr: ['pwd'],
      sid: expect.stringMatching(/^ses_[a-z2-7]{26}$/),
    });
    expect(Math.abs(now() - Number(claims.iat))).toBeLessThan(10);
    expect(Math.abs(now() - Number(claims.auth_time))).toBeLessThan(10);
    expect((await server.graphql('{ viewer { sub } }', body.access_token)).body.data.viewer.sub).toBe(claims.sub);

    const plain = await server.token(exchange(await issueCode(server, client, { scope: 'read' }, user)), client);
    expect(plain.body).not.toHaveProperty('id_token');
  });

  it.each(['RS256', 'ES256', 'EdDSA'] as const)(
    'an ID token is signed with %s for a client that registered it',
    async (alg) => {
      const client = await server.client({ idTokenSignedResponseAlg: alg });
      const { body } = await server.token(exchange(await issueCode(server, client, { scope: 'openid' })), client);
      const verified = await verifyIdToken(server, client, body.id_token);
      const digest = createHash(alg === 'EdDSA' ? 'sha512' : 'sha256')
        .update(body.access_token)
        .digest();
      expect(verified.alg).toBe(alg);
      expect(verified.claims.at_hash).toBe(digest.subarray(0, digest.length / 2).toString('base64url'));
      expect(verified.claims).not.toHaveProperty('nonce');
    },
  );

  it('§5.4: an ID token has the claims of the granted scopes and omits those without a value', async () => {
    const client = await server.client();
    const user = await server.user({ firstName: 'Ada', lastName: 'Lovelace' });
    const group = await createGroup(server.database.em(), theOperator(), { name: unique('group') });
    await addGroupMember(server.database.em(), theOperator(), group.id, user.uuid);
    const claimsOf = async (scope: string, owner = user) => {
      const { body } = await server.token(exchange(await issueCode(server, client, { scope }, owner)), client);
      return (await verifyIdToken(server, client, body.id_token)).claims;
    };

    expect(await claimsOf('openid profile email groups')).toMatchObject({
      ...{ name: 'Ada Lovelace', given_name: 'Ada', family_name: 'Lovelace', preferred_username: user.username },
      ...{ email: user.email, email_verified: false, groups: [group.name] },
    });
    const bare = await claimsOf('openid');
    for (const claim of ['name', 'preferred_username', 'email', 'groups']) expect(bare).not.toHaveProperty(claim);
    const nameless = await server.user();
    const claims = await claimsOf('openid profile', nameless);
    expect(claims).toMatchObject({ name: nameless.username, preferred_username: nameless.username });
    expect(claims).not.toHaveProperty('given_name');
    expect(claims).not.toHaveProperty('email');
  });

  it('§12.2: a refresh returns a new ID token for the same user, sign-in and session, without the nonce', async () => {
    const client = await server.client();
    const code = await issueCode(server, client, { scope: 'openid read', nonce: 'once' });
    const { body: first } = await server.token(exchange(code), client);
    const { body: second } = await server.token(refreshing(first.refresh_token), client);
    const [before, after] = [
      (await verifyIdToken(server, client, first.id_token)).claims,
      (await verifyIdToken(server, client, second.id_token)).claims,
    ];
    for (const claim of ['iss', 'sub', 'aud', 'azp', 'auth_time', 'sid']) expect(after[claim]).toEqual(before[claim]);
    expect(after).not.toHaveProperty('nonce');
    expect(after.at_hash).not.toBe(before.at_hash);

    // A repeated request after a lost response returns the same tokens and a new ID token.
    const { body: again } = await server.token(refreshing(first.refresh_token), client);
    expect(again.access_token).toBe(second.access_token);
    expect((await verifyIdToken(server, client, again.id_token)).claims.at_hash).toBe(after.at_hash);

    const { body: narrowed } = await server.token(refreshing(again.refresh_token, { scope: 'read' }), client);
    expect(narrowed).not.toHaveProperty('id_token');
  });

  it('the password grant returns an ID token with the current time and without a session', async () => {
    const [client, user] = [await server.client(), await server.user()];
    const form = { grant_type: 'password', username: user.username, password: user.password, scope: 'openid' };
    const { body } = await server.token(form, client);
    const { claims } = await verifyIdToken(server, client, body.id_token);
    expect(claims).toMatchObject({ sub: user.id, auth_time: claims.iat, amr: ['pwd'] });
    expect(claims).not.toHaveProperty('sid');
    const { body: refreshed } = await server.token(refreshing(body.refresh_token), client);
    expect((await verifyIdToken(server, client, refreshed.id_token)).claims).toMatchObject({
      sub: user.id,
      auth_time: claims.auth_time,
    });
    const { body: service } = await server.token({ grant_type: 'client_credentials', scope: 'openid' }, client);
    expect(service).not.toHaveProperty('id_token');
  });
});
