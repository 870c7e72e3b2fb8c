import type { TypedDocumentNode } from '@graphql-typed-document-node/core';
import { print } from 'graphql';
import { expect } from 'vitest';
import type { TestServer } from '../support/server.ts';

/** The data of an operation that must succeed; what the compiler knows of it comes from schema.graphql. */
export async function answerTo<Data, Variables extends Record<string, unknown>>(
  server: TestServer,
  token: string,
  document: TypedDocumentNode<Data, Variables>,
  variables: Variables,
): Promise<Data> {
  const { status, body } = await server.graphql(print(document), token, variables);
  expect(body.errors).toBeUndefined();
  expect(status).toBe(200);
  return body.data;
}
