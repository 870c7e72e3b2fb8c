import { expect } from 'vitest';
import type { TestServer } from '../support/server.ts';

/** Runs one mutation and returns its payload, or the code of the top-level error. */
export async function mutate(
  server: TestServer,
  token: string,
  name: string,
  input: Record<string, unknown>,
  selection = '',
  // biome-ignore lint/suspicious/noExplicitAny: each test knows the shape of its payload
): Promise<any> {
  const type = `${name[0]?.toUpperCase()}${name.slice(1)}Input`;
  const document = `mutation($input: ${type}!) { ${name}(input: $input) { ${selection} errors { code message path } } }`;
  const { status, body } = await server.graphql(document, token, { input });
  if (body.errors) return body.errors[0].extensions.code;
  expect(status).toBe(200);
  return body.data[name];
}
