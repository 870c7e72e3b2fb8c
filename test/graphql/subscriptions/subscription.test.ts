import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { updateUser } from '../../../src/directory/update-user.ts';
import { addressOf, type EventStream, nextChange, subscribe } from '../../support/event-stream.ts';
import { type TestClient, type TestUser, theOperator, unique } from '../../support/fixtures.ts';
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

const watch = (bearer: string, query?: string, accept?: string): Promise<EventStream> =>
  subscribe(addressOf(server), bearer, query, accept);

/** Milliseconds from the end of `end` to the end of the stream, and the error code of the last result. */
async function endedBy(stream: EventStream, end: () => Promise<unknown>) {
  await end();
  const done = performance.now();
  // Events from before the end, such as the sign-in, may arrive first.
  let last = await stream.next();
  while (last?.data) last = await stream.next();
  const after = (await stream.ended) - done;
  expect(await stream.next()).toBeUndefined();
  return { after, code: last?.errors?.[0].extensions.code };
}

describe('Subscription auditEvent', () => {
  it('a subscription receives the events that its token may see', async () => {
    const user = await server.user();
    const all = await watch(token);
    const own = await watch(await server.accessToken({ client, user }));
    expect(all.status).toBe(200);
    expect(all.headers).toMatchObject({ 'content-type': 'text/event-stream', 'cache-control': 'no-store' });

    const group = unique('watched');
    await mutate(server, token, 'createGroup', { name: group }, 'group { id }');
    const event = await nextChange(all);
    expect(event).toMatchObject({ data: { auditEvent: { kind: 'GROUP_CREATED', actor: { id: admin.id } } } });
    expect(event.data.auditEvent.detail.name).toBe(group);

    await mutate(server, await server.accessToken({ client, user }), 'updateUser', { id: user.id, firstName: 'Ada' });
    const mine = { data: { auditEvent: { kind: 'USER_UPDATED', actor: { id: user.id } } } };
    expect(await nextChange(own)).toMatchObject(mine);
    expect(await nextChange(all)).toMatchObject(mine);
    all.close();
    own.close();
  });

  it('a subscription has the access rules of auditEvents', async () => {
    const reader = await watch(await server.accessToken({ client, user: admin, scopes: ['read'] }));
    expect(reader.status).toBe(403);
    expect(reader.headers['www-authenticate']).toContain('error="insufficient_scope", scope="audit read"');
    expect((await reader.next()).errors[0].extensions).toMatchObject({
      code: 'INSUFFICIENT_SCOPE',
      missingScopes: ['audit'],
    });
    const service = await watch(await server.accessToken({ client, user: null }));
    expect([service.status, (await service.next()).errors[0].extensions.code]).toEqual([403, 'FORBIDDEN']);
    const inside = await watch(
      await server.accessToken({ client, user: admin, scopes: ['audit'] }),
      'subscription { auditEvent { id client { name } } }',
    );
    expect([inside.status, (await inside.next()).errors[0].extensions.missingScopes]).toEqual([403, ['clients']]);
    expect((await watch('gat_nothing')).status).toBe(401);
  });

  it('the response to a subscription is an event stream, and other Accept headers get 406', async () => {
    for (const accept of ['application/json', '*/*', 'multipart/mixed']) {
      const stream = await watch(token, undefined, accept);
      expect(stream.status).toBe(406);
    }
  });

  it('a subscription ends within a second when its token is revoked', async () => {
    const mine = await server.accessToken({ client, user: admin });
    const { after, code } = await endedBy(await watch(mine), () =>
      mutate(server, token, 'revokeToken', { token: mine }),
    );
    expect(code).toBe('UNAUTHENTICATED');
    expect(after).toBeLessThan(1000);
  });

  it('a subscription ends within a second when its authorization, password or user changes', async () => {
    const own = await server.client();
    const user = await server.user();
    const stream = async () => watch(await server.accessToken({ client: own, user }));
    const withdrawn = await endedBy(await stream(), () =>
      mutate(server, token, 'revokeAuthorization', { clientId: own.clientId, userId: user.id }),
    );
    const password = await endedBy(await stream(), () =>
      mutate(server, token, 'setPassword', { id: user.id, password: user.password }),
    );
    const disabled = await endedBy(await stream(), () =>
      updateUser(server.database.em(), theOperator(), user.uuid, { disabled: true }),
    );
    expect([withdrawn, password, disabled].map(({ code }) => code)).toEqual(Array(3).fill('UNAUTHENTICATED'));
    for (const { after } of [withdrawn, password, disabled]) expect(after).toBeLessThan(1000);
  });
});
