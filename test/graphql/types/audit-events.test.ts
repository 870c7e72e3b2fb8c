import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type TestClient, type TestUser, unique } from '../../support/fixtures.ts';
import { startServer, type TestServer } from '../../support/server.ts';
import { mutate } from '../mutate.ts';

let server: TestServer;
let client: TestClient;
let admin: TestUser;
let token: string;
beforeAll(async () => {
  server = await startServer();
  client = await server.client();
  admin = await server.user({ superuser: true });
  token = await server.accessToken({ client, user: admin });
});
afterAll(() => server?.close());

interface Event {
  readonly id: string;
  readonly kind: string | null;
  readonly actor: { readonly id: string } | null;
  readonly client: { readonly clientId: string } | null;
  readonly ip: string | null;
  readonly requestId: string | null;
  readonly detail: Record<string, unknown>;
}

async function events(bearer = token): Promise<Event[]> {
  const fields = 'id kind at actor { id } client { clientId } ip requestId detail';
  const { status, body } = await server.graphql(`{ auditEvents(first: 100) { nodes { ${fields} } } }`, bearer);
  expect(status).toBe(200);
  return body.data.auditEvents.nodes;
}

describe('GraphQL query auditEvents', () => {
  it('every change is recorded with its actor, client, IP address and request id', async () => {
    const username = unique('watched');
    const { user } = await mutate(server, token, 'createUser', { username, password: 'long enough' }, 'user { id }');
    const { group } = await mutate(server, token, 'createGroup', { name: unique('watched') }, 'group { id }');
    const { client: made, clientSecret } = await mutate(
      server,
      token,
      'registerClient',
      { name: 'Watched', grantTypes: ['client_credentials'] },
      'client { clientId } clientSecret',
    );
    const membership = { groupId: group.id, userId: user.id };
    const changes: [string, Record<string, unknown>][] = [
      ['updateUser', { id: user.id, firstName: 'Ada' }],
      ['setPassword', { id: user.id, password: 'longer than before' }],
      ['addGroupMember', membership],
      ['removeGroupMember', membership],
      ['updateGroup', { id: group.id, name: unique('watched') }],
      ['deleteGroup', { id: group.id }],
      ['updateClient', { clientId: made.clientId, name: 'Seen' }],
      ['rotateClientSecret', { clientId: made.clientId }],
      ['deleteClient', { clientId: made.clientId }],
      ['createScope', { name: 'watched:read', description: 'Watch' }],
      ['deleteScope', { name: 'watched:read' }],
      ['revokeAuthorization', { clientId: client.clientId, userId: user.id }],
      ['deleteUser', { id: user.id }],
    ];
    for (const [name, input] of changes) expect((await mutate(server, token, name, input)).errors, name).toEqual([]);

    const recorded = (await events()).slice(0, 16).reverse();
    expect(recorded.map(({ kind }) => kind)).toEqual([
      'USER_CREATED',
      'GROUP_CREATED',
      'CLIENT_CREATED',
      'USER_UPDATED',
      'USER_PASSWORD_SET',
      'GROUP_MEMBER_ADDED',
      'GROUP_MEMBER_REMOVED',
      'GROUP_UPDATED',
      'GROUP_DELETED',
      'CLIENT_UPDATED',
      'CLIENT_SECRET_ROTATED',
      'CLIENT_DELETED',
      'SCOPE_CREATED',
      'SCOPE_DELETED',
      'AUTHORIZATION_REVOKED',
      'USER_DELETED',
    ]);
    for (const { actor, client: through, ip, requestId } of recorded) {
      expect({ actor, through, ip }).toEqual({
        actor: { id: admin.id },
        through: { clientId: client.clientId },
        ip: '127.0.0.1',
      });
      expect(requestId).toMatch(/^[0-9a-f-]{36}$/);
    }
    expect(recorded[0]?.detail).toEqual({ user: user.id, username, superuser: false });
    const text = JSON.stringify(recorded);
    for (const secret of ['long enough', 'longer than before', clientSecret, '$argon2id'])
      expect(text).not.toContain(secret);
  });

  it('a failed change is not recorded', async () => {
    const user = await server.user();
    const others = await server.accessToken({ client, user });
    const before = (await events())[0]?.id;
    await mutate(server, others, 'updateUser', { id: admin.id, firstName: 'Eve' });
    await mutate(server, token, 'createUser', { username: '@' });
    await mutate(server, token, 'createUser', { username: admin.username });
    const changes = (await events()).filter(({ actor, kind }) => actor !== null && kind !== 'ACCESS_REFUSED');
    expect(changes[0]?.id).toBe(before);
  });

  it('users see their own events, and all events with READ_AUDIT', async () => {
    const user = await server.user();
    const mine = await server.accessToken({ client, user });
    const reader = await server.accessToken({ client, user: await server.user({ permissions: ['READ_AUDIT'] }) });
    await mutate(server, mine, 'updateUser', { id: user.id, firstName: 'Ada' });
    const own = await events(mine);
    expect(own.map(({ kind, actor }) => [kind, actor?.id])).toEqual([
      ['USER_UPDATED', user.id],
      ['SIGN_IN_SUCCEEDED', user.id],
    ]);
    // The client is not their own, and they do not have MANAGE_CLIENTS.
    expect(own[0]?.client).toBeNull();
    const all = await events(reader);
    expect(new Set(all.map(({ actor }) => actor?.id)).size).toBeGreaterThan(1);

    const foreign = all.find(({ actor }) => actor?.id === admin.id)?.id;
    const { body } = await server.graphql(`{ node(id: "${foreign}") { ... on AuditEvent { kind } } }`, mine);
    expect(body).toMatchObject({ data: { node: null }, errors: [{ extensions: { code: 'FORBIDDEN' } }] });
    const seen = await server.graphql(`{ node(id: "${foreign}") { id ... on AuditEvent { kind } } }`, reader);
    expect(seen.body.data.node.id).toBe(foreign);
  });

  it('a filter by kind returns only that kind, page by page', async () => {
    const user = await server.user();
    const mine = await server.accessToken({ client, user });
    for (const firstName of ['Ada', 'Bea', 'Cleo']) {
      await mutate(server, mine, 'updateUser', { id: user.id, firstName });
      await mutate(server, mine, 'updateUser', { id: admin.id, firstName });
    }
    const page = async (bearer: string, kind: string, more = '') => {
      const document = `{ auditEvents(first: 2, kind: ${kind}${more}) { nodes { kind } pageInfo { hasNextPage endCursor } } }`;
      const { nodes, pageInfo } = (await server.graphql(document, bearer)).body.data.auditEvents;
      return { ...pageInfo, kinds: nodes.map((node: Pick<Event, 'kind'>) => node.kind) };
    };
    for (const bearer of [mine, token]) {
      const first = await page(bearer, 'USER_UPDATED');
      expect(first).toMatchObject({ kinds: ['USER_UPDATED', 'USER_UPDATED'], hasNextPage: true });
      const { kinds } = await page(bearer, 'USER_UPDATED', `, after: "${first.endCursor}"`);
      expect(new Set(kinds)).toEqual(new Set(['USER_UPDATED']));
    }
    const rest = await page(mine, 'USER_UPDATED', `, after: "${(await page(mine, 'USER_UPDATED')).endCursor}"`);
    expect(rest).toMatchObject({ kinds: ['USER_UPDATED'], hasNextPage: false });
    for (const kind of ['NO_SUCH_KIND', '"USER_UPDATED"', '"user.updated"'])
      expect((await server.graphql(`{ auditEvents(kind: ${kind}) { nodes { kind } } }`, mine)).status).toBe(400);
  });

  it('an event of a kind that only a newer version knows has the kind null', async () => {
    const id = (await events())[0]?.id;
    await server.database
      .em()
      .execute(
        `INSERT INTO audit_events (id, at, kind, detail) VALUES (gen_random_uuid(), now(), 'planet.discovered', '{}')`,
      );
    const [newest, next] = await events();
    expect([newest?.kind, next?.id]).toEqual([null, id]);
  });
});
