import { type DocumentNode, type NameNode, parse, visit } from 'graphql';
import { LIMITS } from './access/operation-limits.ts';
import { badRequest } from './errors.ts';

/**
 * Parses what is worth it: comments are kept with the tree as tokens are, and a name may come back a thousand times, with each
 * row of an answer and in each error. `noLocation` for a tree that nobody is told about.
 */
export function parseDocument(text: string, noLocation = false): DocumentNode {
  const { tokens: maxTokens, comments: maxComments } = LIMITS;
  const document = parse(text, { maxTokens, maxComments, noLocation });
  visit(document, { Name: refuseLong });
  return document;
}

function refuseLong({ value }: NameNode): void {
  if (value.length > LIMITS.name)
    throw badRequest(`The document has a name of more than ${LIMITS.name} characters`, 'LIMIT_EXCEEDED');
}
