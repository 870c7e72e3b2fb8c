import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { schema } from '../../../src/graphql/schema.ts';
import { BUILT_IN_SCOPES } from '../../../src/oauth/scopes/scope.ts';
import type { TestResponse } from '../../support/send.ts';
import { sharedServer, type TestServer } from '../../support/server.ts';
import { rowCounts } from '../row-counts.ts';

interface Row {
  readonly document: string;
  readonly scopes: readonly string[];
  /** `managed`: requires a permission. `own`: or ownership. `directory`: every user may; a service needs the permission. */
  readonly who?: 'managed' | 'own' | 'directory';
}

const mutation = (name: string, input: string, scopes: readonly string[], who: Row['who']): Row => ({
  document: `mutation { ${name}(input: {${input}}) { errors { code } } }`,
  scopes,
  who: who ?? 'managed',
});

/** The access table, by root field. The ids do not exist, so that allowed operations change nothing either. */
const TABLE: Record<string, Row> = {
  viewer: { document: '{ viewer { sub } }', scopes: [] },
  scopes: { document: '{ scopes { name } }', scopes: [] },
  token: { document: '{ token { clientId } }', scopes: [] },
  requiredScopes: { document: '{ requiredScopes(document: "{ users { nodes { id } } }") }', scopes: [] },
  node: { document: '{ node(id: "usr_aaaaaaaaaaaaaaaaaaaaaaaaaa") { id } }', scopes: ['read'], who: 'directory' },
  user: { document: '{ user(id: "usr_x") { id } }', scopes: ['read'], who: 'directory' },
  users: { document: '{ users { edges { cursor } } }', scopes: ['read'], who: 'directory' },
  group: { document: '{ group(id: "grp_x") { id } }', scopes: ['groups'], who: 'directory' },
  groups: { document: '{ groups { edges { cursor } } }', scopes: ['groups'], who: 'directory' },
  client: { document: '{ client(clientId: "x") { id } }', scopes: ['clients'], who: 'own' },
  clients: { document: '{ clients { edges { cursor } } }', scopes: ['clients'], who: 'own' },
  auditEvents: { document: '{ auditEvents { edges { cursor } } }', scopes: ['audit'], who: 'own' },
  createUser: mutation('createUser', 'username: "@"', ['write'], 'managed'),
  updateUser: mutation('updateUser', 'id: "usr_x"', ['write'], 'own'),
  deleteUser: mutation('deleteUser', 'id: "usr_x"', ['write'], 'managed'),
  setPassword: mutation('setPassword', 'id: "usr_x", password: "long enough"', ['write'], 'own'),
  createGroup: mutation('createGroup', 'name: ""', ['write', 'groups'], 'managed'),
  updateGroup: mutation('updateGroup', 'id: "grp_x"', ['write', 'groups'], 'managed'),
  deleteGroup: mutation('deleteGroup', 'id: "grp_x"', ['write', 'groups'], 'managed'),
  addGroupMember: mutation('addGroupMember', 'groupId: "grp_x", userId: "usr_x"', ['write', 'groups'], 'managed'),
  removeGroupMember: mutation('removeGroupMember', 'groupId: "grp_x", userId: "usr_x"', ['write', 'groups'], 'managed'),
  registerClient: mutation('registerClient', 'name: "", grantTypes: []', ['clients'], 'own'),
  updateClient: mutation('updateClient', 'clientId: "x"', ['clients'], 'own'),
  rotateClientSecret: mutation('rotateClientSecret', 'clientId: "x"', ['clients'], 'own'),
  deleteClient: mutation('deleteClient', 'clientId: "x"', ['clients'], 'own'),
  approveClient: mutation('approveClient', 'clientId: "x"', ['clients'], 'managed'),
  createScope: mutation('createScope', 'name: "", description: ""', ['clients'], 'managed'),
  deleteScope: mutation('deleteScope', 'name: "x"', ['clients'], 'managed'),
  revokeAuthorization: mutation('revokeAuthorization', 'clientId: "x"', ['write'], 'own'),
  revokeToken: mutation('revokeToken', 'token: "x"', ['write'], 'own'),
};

const SCOPES = { 'all scopes': BUILT_IN_SCOPES, 'read only': ['read'] } as const;
const ACTORS = ['superuser', 'plain user', 'service'] as const;
const CASES = Object.keys(TABLE).flatMap((field) =>
  ACTORS.flatMap((actor) => (['all scopes', 'read only'] as const).map((scopes) => ({ field, actor, scopes }))),
);

/** The error code that the table predicts, or undefined. */
function expected(
  { scopes, who }: Row,
  actor: (typeof ACTORS)[number],
  granted: readonly string[],
): string | undefined {
  if (scopes.some((scope) => !granted.includes(scope))) return 'INSUFFICIENT_SCOPE';
  if (actor === 'superuser' || who === undefined) return undefined;
  if (actor === 'service') return 'FORBIDDEN';
  return who === 'managed' ? 'FORBIDDEN' : undefined;
}

let server: TestServer;
const tokens = new Map<string, string>();

beforeAll(async () => {
  server = await sharedServer();
  const client = await server.client();
  const people = {
    superuser: await server.user({ superuser: true }),
    'plain user': await server.user(),
    service: null,
  };
  for (const actor of ACTORS)
    for (const [name, scopes] of Object.entries(SCOPES))
      tokens.set(`${actor}, ${name}`, await server.accessToken({ client, user: people[actor], scopes }));
});
afterAll(() => server?.close());

const refusal = ({ status, body }: TestResponse): string | undefined => {
  if (status === 200) {
    expect(body.errors).toBeUndefined();
    return undefined;
  }
  expect(status).toBe(403);
  expect(body).not.toHaveProperty('data');
  return body.errors[0].extensions.code;
};

describe('S1-08 S1-09 S1-10 access to each root field', () => {
  it('the table covers every root field of the schema', () => {
    const fields = [schema.getQueryType(), schema.getMutationType()].flatMap((type) =>
      Object.keys(type?.getFields() ?? {}),
    );
    expect(Object.keys(TABLE).sort()).toEqual(fields.sort());
  });

  it.each(CASES)(
    'access to $field is as the table says for a $actor with $scopes',
    async ({ field, actor, scopes }) => {
      const row = TABLE[field]!;
      const response = await server.graphql(row.document, tokens.get(`${actor}, ${scopes}`));
      expect(refusal(response)).toBe(expected(row, actor, SCOPES[scopes]));
    },
  );

  it('I151 a refused mutation changes no row', async () => {
    const user = await server.user();
    const before = await rowCounts(server.database);
    const inputs = [
      'createUser(input: {username: "intruder", password: "long enough"}) { errors { code } }',
      `deleteUser(input: {id: "${user.id}"}) { errors { code } }`,
      'createGroup(input: {name: "intruders"}) { errors { code } }',
      'createScope(input: {name: "x:y", description: "See x"}) { errors { code } }',
    ];
    const documents = inputs.map((input) => `mutation { ${input} }`);
    for (const token of ['plain user, read only', 'plain user, all scopes', 'service, all scopes'])
      for (const document of documents)
        expect(refusal(await server.graphql(document, tokens.get(token)))).toMatch(/^(INSUFFICIENT_SCOPE|FORBIDDEN)$/);
    expect(await rowCounts(server.database)).toEqual(before);
  });
});
