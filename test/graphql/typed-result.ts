import type { TypedDocumentNode } from '@graphql-typed-document-node/core';
import { print } from 'graphql';
import { expect } from 'vitest';
import type { TestServer } from '../support/server.ts';

/** Runs an operation that must succeed and returns its data, typed from schema.graphql. */
export async function dataOf<Data, Variables extends Record<string, unknown>>(
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
