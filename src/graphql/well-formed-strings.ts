import { type ASTVisitor, GraphQLError, type ValidationContext } from 'graphql';

/** PostgreSQL's text holds no NUL, and a lone surrogate has no UTF-8: neither may get past the edge. */
export const isStorable = (text: string): boolean => !text.includes('\0') && text.isWellFormed();

/** The same for what is written into the document itself. */
export function WellFormedStrings(context: ValidationContext): ASTVisitor {
  return {
    StringValue(node) {
      if (isStorable(node.value)) return;
      const extensions = { code: 'BAD_USER_INPUT', http: { status: 400 } };
      context.reportError(
        new GraphQLError('A string contains characters that cannot be stored', { nodes: node, extensions }),
      );
    },
  };
}
