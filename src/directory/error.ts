/** What a caller of the directory can mend, or must be told apart from a fault. One vocabulary; GraphQL and the CLI say it each in their way. */
export type DomainErrorCode = 'INVALID' | 'TAKEN' | 'NOT_FOUND' | 'FORBIDDEN';

/** `path` names the input field that is wrong, if one is. */
export class DomainError extends Error {
  override readonly name = 'DomainError';
  readonly code: DomainErrorCode;
  readonly path: readonly string[] | undefined;

  constructor(code: DomainErrorCode, message: string, path?: readonly string[]) {
    super(message);
    this.code = code;
    this.path = path;
  }
}

/** The one sentence for "it does not help to ask again". */
export const forbidden = (): DomainError =>
  new DomainError('FORBIDDEN', 'You do not have permission to perform this action');
