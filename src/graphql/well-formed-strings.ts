import { type ASTNode, type ASTVisitor, GraphQLError, type ValidationContext } from 'graphql';

/** PostgreSQL's text holds no NUL, and a lone surrogate has no UTF-8: neither may get past the edge. */
export const isStorable = (text: string): boolean => !text.includes('\0') && text.isWellFormed();

/** The same for what is written into the document itself. */
export function WellFormedStrings(context: ValidationContext): ASTVisitor {
  return {
    // In variables it is refused where JSON is read.
    ObjectField(node) {
      if (node.name.value === '__proto__')
        context.reportError(refusal('An object has a key that no object may have', node));
    },
    StringValue(node) {
      if (!isStorable(node.value))
        context.reportError(refusal('A string contains characters that cannot be stored', node));
    },
  };
}

const refusal = (message: string, node: ASTNode): GraphQLError =>
  new GraphQLError(message, { nodes: node, extensions: { code: 'BAD_USER_INPUT', http: { status: 400 } } });
