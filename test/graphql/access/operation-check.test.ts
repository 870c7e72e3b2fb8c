import { type ExecutionResult, execute, parse } from 'graphql';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { schema } from '../../../src/graphql/schema.ts';
import type { TestClient, TestUser } from '../../support/fixtures.ts';
import { liveToken } from '../../support/live-token.ts';
import { sharedServer, type TestServer } from '../../support/server.ts';
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

describe('the whole operation is checked before any resolver runs', () => {
  it('I149 refuses the same data on every path that leads to it', async () => {
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

  it('I149 asks for the scope of what a mutation shows, too', async () => {
    const token = await server.accessToken({ client, user, scopes: ['write'] });
    const document = (shown: string) => `mutation { updateUser(input: {id: "${user.id}"}) { ${shown} } }`;
    const answer = await server.graphql(document('user { id }'), token);
    expect(answer.body.errors[0].extensions).toMatchObject({
      requiredScopes: ['write', 'read'],
      missingScopes: ['read'],
    });
    expect((await server.graphql(document('errors { code }'), token)).status).toBe(200);
  });

  it('gathers all that is missing', async () => {
    const document =
      '{ users { nodes { groups { nodes { id } } } } clients { nodes { id } } auditEvents { nodes { id } } }';
    expect(await missing(document)).toEqual(['groups', 'clients', 'audit']);
  });

  it('takes the list of scopes that needs least', async () => {
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
  ])('heeds %s with %j', async (directives, variables, lacking) => {
    const document = `query($yes: Boolean! = true) { groups ${directives} { nodes { id } } viewer { id @include(if: $yes) __typename } }`;
    expect(await missing(document, variables)).toEqual(lacking);
  });

  it('heeds them on fragments as well', async () => {
    const fragment = 'fragment Teams on Query { groups { nodes { id } } }';
    expect(
      await missing(`query($no: Boolean!) { viewer { id } ...Teams @include(if: $no) } ${fragment}`, { no: false }),
    ).toBeUndefined();
    expect(await missing(`{ viewer { id } ... @skip(if: false) { ...Teams } } ${fragment}`)).toEqual(['groups']);
  });

  it('looks only at the operation that runs', async () => {
    const document = 'query A { viewer { id } } query B { groups { nodes { id } } }';
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

  it('I148 touches nothing but the token before it refuses', async () => {
    const document = '{ users { nodes { groups { nodes { id } } } } }';
    const refused = await countStatements(server.database, () => server.graphql(document, reading));
    const answered = await countStatements(server.database, () => server.graphql(document, everything));
    expect(refused).toBe(1);
    expect(answered).toBeGreaterThan(1);
  });

  it('runs no mutation of a document of which one field is refused', async () => {
    const before = await rowCounts(server.database);
    const token = await server.accessToken({ client, user, scopes: ['write', 'read'] });
    const after = await rowCounts(server.database);
    const answer = await server.graphql(
      'mutation { createUser(input: {username: "first-of-two"}) { user { groups { nodes { id } } } } }',
      token,
    );
    expect(answer.status).toBe(403);
    expect(answer.body).not.toHaveProperty('data');
    expect(await rowCounts(server.database)).toEqual(after);
    expect(after.User).toBe(before.User);
  });

  it('guards each resolver as well, for whoever calls the schema without that check', async () => {
    const token = await liveToken(server, reading);
    const run = (document: string, given: typeof token | undefined): Promise<ExecutionResult> =>
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
            token: given,
          },
        }),
      );
    const codes = ({ errors }: ExecutionResult) =>
      errors?.map((error) => [error.path?.join('.'), error.extensions.code]);
    expect(codes(await run('{ viewer { id groups { nodes { id } } } }', token))).toEqual([
      ['viewer.groups', 'INSUFFICIENT_SCOPE'],
    ]);
    expect(codes(await run('mutation { deleteUser(input: {id: "usr_x"}) { errors { code } } }', token))).toEqual([
      ['deleteUser', 'INSUFFICIENT_SCOPE'],
    ]);
    expect(codes(await run('{ scopes { name } }', undefined))).toEqual([['scopes', 'UNAUTHENTICATED']]);
  });
});
