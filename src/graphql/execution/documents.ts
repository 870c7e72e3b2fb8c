import { type DocumentNode, GraphQLError, specifiedRules, validate } from 'graphql';
import { createGraphQLError, createLRUCache } from 'graphql-yoga';
import { parseDocument } from '../parse-document.ts';
import { schema } from '../schema.ts';
import { WellFormedStrings } from '../well-formed-strings.ts';

/** A parsed document and its validation errors. */
export interface ParsedDocument {
  /** Undefined if the text has a syntax error. */
  readonly document: DocumentNode | undefined;
  readonly errors: readonly GraphQLError[];
}

/** Each entry holds a syntax tree, so the cache is small: otherwise callers could fill the memory with different documents. */
const CACHE_OPTIONS = { max: 200, ttl: 0 };

/** Two caches, so that invalid documents cannot evict valid ones. */
const validDocuments = createLRUCache<ParsedDocument>(CACHE_OPTIONS);
const invalidDocuments = createLRUCache<ParsedDocument>(CACHE_OPTIONS);

/** Parses and validates a document. The result depends on nothing but the text, so all callers share the cache. */
export function parseAndValidate(text: string): ParsedDocument {
  const cached = validDocuments.get(text) ?? invalidDocuments.get(text);
  if (cached) return cached;
  const parsed = parseText(text);
  (parsed.errors.length === 0 ? validDocuments : invalidDocuments).set(text, parsed);
  return parsed;
}

function parseText(text: string): ParsedDocument {
  let document: DocumentNode;
  try {
    document = parseDocument(text);
  } catch (error) {
    if (error instanceof GraphQLError) return { document: undefined, errors: [error] };
    throw error;
  }
  return { document, errors: validate(schema, document, [...specifiedRules, WellFormedStrings]).map(validationError) };
}

/** `Viewer` has no id, because it would be that of its `User`: two types of object with one id confuse the stores of clients. */
const NO_VIEWER_ID = 'Cannot query field "id" on type "Viewer".';

/** GraphQL over HTTP §6.4.1: status 400, unless the response is application/json, which always has status 200. */
function validationError({ message, nodes, extensions }: GraphQLError): GraphQLError {
  const http = { status: 400, spec: true };
  const advice = message.startsWith(NO_VIEWER_ID) ? ' Use "sub", or "id" of "user".' : '';
  return createGraphQLError(`${message}${advice}`, {
    nodes: nodes ?? null,
    extensions: { code: 'GRAPHQL_VALIDATION_FAILED', ...extensions, http },
  });
}
