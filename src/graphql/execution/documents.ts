import { type DocumentNode, GraphQLError, specifiedRules, validate } from 'graphql';
import { createGraphQLError, createLRUCache } from 'graphql-yoga';
import { parseDocument } from '../parse-document.ts';
import { schema } from '../schema.ts';
import { WellFormedStrings } from '../well-formed-strings.ts';

/** A text as it was understood, and what is wrong with it. */
export interface ParsedDocument {
  /** Undefined where the text is no document at all. */
  readonly document: DocumentNode | undefined;
  readonly errors: readonly GraphQLError[];
}

/** Each kept document holds a syntax tree: so few that strangers' documents cannot fill the memory. */
const KEPT = { max: 200, ttl: 0 };

/** Apart from each other, so that nobody's mistakes drive out what works. */
const sound = createLRUCache<ParsedDocument>(KEPT);
const faulty = createLRUCache<ParsedDocument>(KEPT);

/** Parses and validates, once for all who send the same text: neither depends on who asks. */
export function parseAndValidate(text: string): ParsedDocument {
  const known = sound.get(text) ?? faulty.get(text);
  if (known) return known;
  const read = parsed(text);
  (read.errors.length === 0 ? sound : faulty).set(text, read);
  return read;
}

function parsed(text: string): ParsedDocument {
  let document: DocumentNode;
  try {
    document = parseDocument(text);
  } catch (error) {
    if (error instanceof GraphQLError) return { document: undefined, errors: [error] };
    throw error;
  }
  return { document, errors: validate(schema, document, [...specifiedRules, WellFormedStrings]).map(invalid) };
}

/** GraphQL over HTTP §6.4.1: a 400, save where the client asks for a media type that has no status of its own. */
function invalid({ message, nodes, extensions }: GraphQLError): GraphQLError {
  const told = { code: 'GRAPHQL_VALIDATION_FAILED', ...extensions, http: { status: 400, spec: true } };
  return createGraphQLError(message, { nodes: nodes ?? null, extensions: told });
}
