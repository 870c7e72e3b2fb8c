import { type ASTNode, type ASTVisitor, GraphQLError, type ValidationContext } from 'graphql';

/** PostgreSQL cannot store NUL in text, and a lone surrogate has no UTF-8 encoding. */
export const isStorable = (text: string): boolean => !text.includes('\0') && text.isWellFormed();

/** Validation rule: rejects such strings among the literals of a document. */
export function WellFormedStrings(context: ValidationContext): ASTVisitor {
  return {
    // For variables the parser of the JSON body does the same.
    ObjectField(node) {
      if (node.name.value === '__proto__')
        context.reportError(refusal('The key __proto__ is not allowed in an object', node));
    },
    StringValue(node) {
      if (!isStorable(node.value))
        context.reportError(refusal('A string contains characters that cannot be stored', node));
    },
  };
}

const refusal = (message: string, node: ASTNode): GraphQLError =>
  new GraphQLError(message, { nodes: node, extensions: { code: 'BAD_USER_INPUT', http: { status: 400 } } });
