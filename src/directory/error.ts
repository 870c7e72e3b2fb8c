/** Errors that a caller can handle, as opposed to bugs. GraphQL and the CLI each render them in their own way. */
export type DomainErrorCode = 'INVALID' | 'TAKEN' | 'NOT_FOUND' | 'FORBIDDEN';

/** `path` names the invalid input field, if there is one. */
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

/** The error for a missing permission. Its message is the same everywhere and reveals nothing about the target. */
export const forbidden = (): DomainError =>
  new DomainError('FORBIDDEN', 'You do not have permission to perform this action');
