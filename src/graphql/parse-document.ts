import { type DocumentNode, type NameNode, parse, visit } from 'graphql';
import { LIMITS } from './access/limits.ts';
import { badRequest } from './errors.ts';

/**
 * Parses a document within the limits. Comments are limited because the syntax tree keeps them, and names because each row of
 * the response and each error repeats them. Use `noLocation` if no error will refer to the tree.
 */
export function parseDocument(text: string, noLocation = false): DocumentNode {
  const { tokens: maxTokens, comments: maxComments } = LIMITS;
  const document = parse(text, { maxTokens, maxComments, noLocation });
  visit(document, { Name: checkName });
  return document;
}

function checkName({ value }: NameNode): void {
  if (value.length > LIMITS.name)
    throw badRequest(`The document has a name of more than ${LIMITS.name} characters`, 'LIMIT_EXCEEDED');
}
