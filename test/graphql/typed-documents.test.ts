import type { TypedDocumentNode } from '@graphql-typed-document-node/core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { unique } from '../support/fixtures.ts';
import { startServer, type TestServer } from '../support/server.ts';
import { RegisterClientDocument } from './client-journey.generated.ts';
import { CreateUserDocument, DirectoryDocument } from './journey.generated.ts';
import { dataOf } from './typed-result.ts';

let server: TestServer;
let token: string;
beforeAll(async () => {
  server = await startServer();
  token = await server.accessToken({ user: await server.user({ superuser: true }) });
});
afterAll(() => server?.close());

const run: <Data, Variables extends Record<string, unknown>>(
  document: TypedDocumentNode<Data, Variables>,
  variables: Variables,
) => Promise<Data> = (document, variables) => dataOf(server, token, document, variables);

describe('Documents typed by codegen', () => {
  it('the server returns data of the generated types', async () => {
    const username = unique('typed');
    const { createUser } = await run(CreateUserDocument, { input: { username, password: 'long enough' } });
    expect(createUser?.errors).toEqual([]);
    expect(Number.isNaN(Date.parse(createUser?.user?.createdAt ?? ''))).toBe(false);

    const { viewer, users } = await run(DirectoryDocument, { first: 100 });
    expect(users.nodes.map(({ id }) => id)).toEqual([viewer?.sub, createUser?.user?.id]);
    expect(users.nodes.flatMap(({ groups }) => groups.nodes)).toEqual([]);

    const input = { name: 'Typed', grantTypes: ['client_credentials' as const] };
    const { registerClient } = await run(RegisterClientDocument, { input });
    expect(registerClient?.client?.grantTypes).toEqual(input.grantTypes);
    expect(registerClient?.clientSecret).toMatch(/^gcs_/);
  });
});
