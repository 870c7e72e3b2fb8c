import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { encodeNodeId } from '../../../src/graphql/node-id.ts';
import { startServer, type TestServer } from '../../support/server.ts';
import { type Actor, type ActorName, castOf } from '../access/matrix-cast.ts';
import { nodeTypes, printed, rootFields } from '../access/printed-rules.ts';

const REFUSED = ['member', 'service without permissions', 'service account'] as const;

let server: TestServer;
let cast: ReadonlyMap<ActorName, Actor>;
let ids: Record<string, string>;
beforeAll(async () => {
  server = await startServer({ RATE_LIMITS: 'off' });
  const whole = await castOf(server, ['superuser', ...REFUSED]);
  cast = whole.cast;
  const { foreign, group } = whole;
  ids = { User: foreign.user, Client: foreign.clientNode, AuditEvent: foreign.event, Group: group };
});
afterAll(() => server?.close());

/** For each node type, a root field with the same access rule. */
const ROOT: Record<string, (id: string) => string> = {
  User: (id) => `user(id: "${id}")`,
  Group: (id) => `group(id: "${id}")`,
  Client: () => 'clients',
  AuditEvent: () => 'auditEvents',
};

/** The parts of a refusal that must be equal: everything except its path and request id. */
async function refusal(query: string, token: string) {
  const { status, headers, body } = await server.graphql(query, token);
  const { requestId: _, ...extensions } = body.errors?.[0]?.extensions ?? {};
  const challenge = headers.get('WWW-Authenticate');
  return { status, challenge, hasData: 'data' in body, message: body.errors?.[0]?.message, extensions };
}

describe('I149: GraphQL query node', () => {
  it('every node type has a case here, and the query nodes does not exist', () => {
    expect([...nodeTypes].sort()).toEqual(Object.keys(ROOT).sort());
    expect(Object.keys(printed.getQueryType()?.getFields() ?? {})).not.toContain('nodes');
  });

  it.each(Object.keys(ROOT))(
    'a forbidden %s is refused exactly as by its root field, also if only its __typename is selected',
    async (type) => {
      const id = ids[type] ?? '';
      const rule = rootFields.get(`node(${type})`);
      for (const name of REFUSED)
        for (const [scopes, token] of cast.get(name)?.tokens ?? []) {
          const root = await refusal(`{ ${ROOT[type]?.(id)} { __typename } }`, token);
          if (root.status === 200) continue;
          const document = 'query($id: ID!) { node(id: $id) { __typename } }';
          const paths = [
            `{ node(id: "${id}") { id } }`,
            `{ node(id: "${id}") { __typename } }`,
            `{ node(id: "${id}") { ... on Node { __typename } } }`,
            `{ node(id: "${id}") { ... on ${type} { __typename } } }`,
            `{ node(id: "${id}") { id @include(if: false) __typename } }`,
            `{ viewer { sub } node(id: "${encodeNodeId(type, '00000000-0000-4000-8000-000000000000')}") { __typename } }`,
          ];
          for (const path of paths) expect(await refusal(path, token), `${name}, ${scopes}: ${path}`).toEqual(root);
          const { status, body } = await server.graphql(document, token, { id });
          expect([status, body.errors[0].extensions.code]).toEqual([403, root.extensions.code]);
          expect(rule?.scopes).toContainEqual(body.errors[0].extensions.requiredScopes ?? rule?.scopes[0]);
        }
    },
  );

  it.each(Object.keys(ROOT))('a %s is found by exactly the id that it shows', async (type) => {
    const id = ids[type] ?? '';
    const [token = ''] = [...(cast.get('superuser')?.tokens ?? [])].at(-1)?.slice(1) ?? [];
    const { body } = await server.graphql(`{ node(id: "${id}") { id __typename } }`, token);
    expect(body.data.node).toEqual({ id, __typename: type });
    const prefixes = ['usr', 'grp', 'cli', 'evt'].map((prefix) => `${prefix}${id.slice(3)}`);
    const writings = [btoa(`${type}:${id}`), id.toUpperCase(), `${id} `, id.slice(0, -1), `${type}:${id}`, '', 'usr_'];
    for (const writing of [...writings, ...prefixes.filter((other) => other !== id)]) {
      const response = await server.graphql('query($id: ID!) { node(id: $id) { id } }', token, { id: writing });
      expect([writing, response.status, response.body.data]).toEqual([writing, 200, { node: null }]);
    }
  });
});
