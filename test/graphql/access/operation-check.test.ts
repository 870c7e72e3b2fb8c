import { type ExecutionResult, execute, parse } from 'graphql';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { schema } from '../../../src/graphql/schema.ts';
import type { TestClient, TestUser } from '../../support/fixtures.ts';
import { sharedServer, type TestServer } from '../../support/server.ts';
import { validToken } from '../../support/valid-token.ts';
import { rowCounts } from '../row-counts.ts';
import { countStatements } from '../statements.ts';

let server: TestServer;
let client: TestClient;
let user: TestUser;
let reading: string;
let everything: string;
beforeAll(async () => {
  server = await sharedServer();
  client = await server.client();
  user = await server.user({ superuser: true });
  reading = await server.accessToken({ client, user, scopes: ['read'] });
  everything = await server.accessToken({ client, user });
});
afterAll(() => server?.close());

const missing = async (document: string, variables?: Record<string, unknown>): Promise<string[] | undefined> => {
  const { status, body } = await server.graphql(document, reading, variables);
  expect(status).toBe(body.errors ? 403 : 200);
  return body.errors?.[0].extensions.missingScopes;
};

describe('The access check of the whole operation', () => {
  it('I149 every path to the same data requires the same scope', async () => {
    const paths = [
      '{ groups { nodes { name } } }',
      '{ viewer { groups { nodes { name } } } }',
      `{ user(id: "${user.id}") { groups { edges { node { name } } } } }`,
      '{ users { edges { node { groups { edges { node { name } } } } } } }',
      `{ node(id: "${user.id}") { ... on User { groups { edges { node { id } } } } } }`,
      '{ node(id: "grp_aaaaaaaaaaaaaaaaaaaaaaaaaa") { id } }',
      '{ node(id: "grp_aaaaaaaaaaaaaaaaaaaaaaaaaa") { ... on Node { id } } }',
      `{ node(id: "${user.id}") { ... on Group { name } } }`,
      '{ viewer { ...Teams } } fragment Teams on Viewer { ... { groups { nodes { id } } } }',
    ];
    for (const path of paths) expect(await missing(path), path).toEqual(['groups']);
  });

  it('I149 a mutation also requires the scopes of the fields it returns', async () => {
    const token = await server.accessToken({ client, user, scopes: ['write'] });
    const document = (shown: string) => `mutation { updateUser(input: {id: "${user.id}"}) { ${shown} } }`;
    const response = await server.graphql(document('user { id }'), token);
    expect(response.body.errors[0].extensions).toMatchObject({
      requiredScopes: ['write', 'read'],
      missingScopes: ['read'],
    });
    expect((await server.graphql(document('errors { code }'), token)).status).toBe(200);
  });

  it('a refusal lists all missing scopes of the operation', async () => {
    const document =
      '{ users { nodes { groups { nodes { id } } } } clients { nodes { id } } auditEvents { nodes { id } } }';
    expect(await missing(document)).toEqual(['groups', 'clients', 'audit']);
  });

  it('a refusal suggests the alternative with the fewest missing scopes', async () => {
    const token = await server.accessToken({ client, user, scopes: ['openid'] });
    const { body } = await server.graphql('{ viewer { username email } }', token);
    expect(body.errors[0].extensions.missingScopes).toEqual(['profile', 'email']);
    expect(await missing('{ viewer { username email } }')).toBeUndefined();
  });

  it.each([
    ['@skip(if: true)', undefined, undefined],
    ['@include(if: false)', undefined, undefined],
    ['@skip(if: false)', undefined, ['groups']],
    ['@skip(if: $yes)', { yes: true }, undefined],
    ['@include(if: $yes)', { yes: true }, ['groups']],
    ['@include(if: $yes)', {}, ['groups']],
    ['@include(if: $yes) @skip(if: $yes)', { yes: true }, undefined],
  ])('the check evaluates %s with the variables %j', async (directives, variables, lacking) => {
    const document = `query($yes: Boolean! = true) { groups ${directives} { nodes { id } } viewer { sub @include(if: $yes) __typename } }`;
    expect(await missing(document, variables)).toEqual(lacking);
  });

  it('the check evaluates @skip and @include on fragments', async () => {
    const fragment = 'fragment Teams on Query { groups { nodes { id } } }';
    expect(
      await missing(`query($no: Boolean!) { viewer { sub } ...Teams @include(if: $no) } ${fragment}`, { no: false }),
    ).toBeUndefined();
    expect(await missing(`{ viewer { sub } ... @skip(if: false) { ...Teams } } ${fragment}`)).toEqual(['groups']);
  });

  it('the check covers only the operation that runs', async () => {
    const document = 'query A { viewer { sub } } query B { groups { nodes { id } } }';
    const run = (operationName: string) =>
      server.request('/graphql', {
        method: 'POST',
        body: JSON.stringify({ query: document, operationName }),
        headers: { 'Content-Type': 'application/json', Authorization: `Bearer ${reading}` },
      });
    expect((await run('A')).status).toBe(200);
    expect((await run('B')).status).toBe(403);
    expect((await run('C')).status).toBe(400);
  });

  it('I148 a refused operation costs one statement, the look-up of the token', async () => {
    const document = '{ users { nodes { groups { nodes { id } } } } }';
    const refused = await countStatements(server.database, () => server.graphql(document, reading));
    const allowed = await countStatements(server.database, () => server.graphql(document, everything));
    expect(refused).toBe(1);
    expect(allowed).toBeGreaterThan(1);
  });

  it('a mutation does not run if one of its result fields is refused', async () => {
    const before = await rowCounts(server.database);
    const token = await server.accessToken({ client, user, scopes: ['write', 'read'] });
    const after = await rowCounts(server.database);
    const response = await server.graphql(
      'mutation { createUser(input: {username: "first-of-two"}) { user { groups { nodes { id } } } } }',
      token,
    );
    expect(response.status).toBe(403);
    expect(response.body).not.toHaveProperty('data');
    expect(await rowCounts(server.database)).toEqual(after);
    expect(after.User).toBe(before.User);
  });

  it('resolvers enforce the rules too, if the schema is executed without the check', async () => {
    const token = await validToken(server, reading);
    const run = (document: string, bearer: typeof token | undefined): Promise<ExecutionResult> =>
      Promise.resolve(
        execute({
          schema,
          document: parse(document),
          contextValue: {
            em: () => server.database.em(),
            sql: server.database.sql,
            now: new Date(),
            config: server.config,
            origin: { ip: undefined, requestId: undefined },
            token: bearer,
          },
        }),
      );
    const codes = ({ errors }: ExecutionResult) =>
      errors?.map((error) => [error.path?.join('.'), error.extensions.code]);
    expect(codes(await run('{ viewer { sub groups { nodes { id } } } }', token))).toEqual([
      ['viewer.groups', 'INSUFFICIENT_SCOPE'],
    ]);
    expect(codes(await run('mutation { deleteUser(input: {id: "usr_x"}) { errors { code } } }', token))).toEqual([
      ['deleteUser', 'INSUFFICIENT_SCOPE'],
    ]);
    expect(codes(await run('{ scopes { name } }', undefined))).toEqual([['scopes', 'UNAUTHENTICATED']]);
  });
});
