import { DomainError, type DomainErrorCode } from '../directory/error.ts';
import { builder } from './builder.ts';

/** FORBIDDEN is not an input error: the caller cannot correct it. */
type UserErrorCode = Exclude<DomainErrorCode, 'FORBIDDEN'>;

interface UserError {
  readonly code: UserErrorCode;
  readonly message: string;
  readonly path: readonly string[] | undefined;
}

const UserErrorCodeType = builder.enumType('UserErrorCode', {
  description: 'Category of the input error.',
  values: {
    INVALID: { description: 'A value is not valid; the message says why.' },
    TAKEN: { description: 'The name or email address is already in use.' },
    NOT_FOUND: { description: 'No object has this id or name.' },
  },
});

const UserErrorType = builder.objectRef<UserError>('UserError').implement({
  description:
    'An error in the input that the caller can correct. All other errors are top-level errors with `extensions.code`.',
  access: 'parent',
  fields: (t) => ({
    code: t.expose('code', {
      type: UserErrorCodeType,
      description: 'Category of the error, for programs.',
    }),
    message: t.exposeString('message', {
      description: 'Human-readable explanation. The wording may change.',
    }),
    path: t.stringList({
      description: 'The input field that is wrong, such as `["input", "username"]`. Null if it is not one field.',
      nullable: true,
      resolve: ({ path }) => path && ['input', ...path],
    }),
  }),
});

/** The payload of a mutation: the changed objects, or the input errors. */
export type Payload<Changed> = Partial<Changed> & { readonly errors?: readonly UserError[] };

/** Runs a mutation and turns input errors into a part of its payload. */
export async function attempt<Changed extends object>(work: () => Promise<Changed>): Promise<Payload<Changed>> {
  try {
    return await work();
  } catch (error) {
    if (!(error instanceof DomainError) || error.code === 'FORBIDDEN') throw error;
    const nothing: Partial<Changed> = {};
    return { ...nothing, errors: [{ code: error.code, message: error.message, path: error.path }] };
  }
}

/** The `errors` field of every payload. */
export const errorsOption = {
  type: [UserErrorType] as [typeof UserErrorType],
  description: 'Input errors. Empty if the change was made; otherwise nothing was changed.',
  resolve: ({ errors }: { readonly errors?: readonly UserError[] }) => [...(errors ?? [])],
};
