import { DomainError, type DomainErrorCode } from '../directory/error.ts';
import { builder } from './builder.ts';

/** What the caller can mend; FORBIDDEN they cannot. */
type UserErrorCode = Exclude<DomainErrorCode, 'FORBIDDEN'>;

interface UserError {
  readonly code: UserErrorCode;
  readonly message: string;
  readonly path: readonly string[] | undefined;
}

const UserErrorCodeType = builder.enumType('UserErrorCode', {
  description: 'What kind of mistake a mutation was asked to make.',
  values: {
    INVALID: { description: 'A value breaks a rule; the message says which.' },
    TAKEN: { description: 'The name, or the e-mail address, belongs to somebody or something else.' },
    NOT_FOUND: { description: "The id or the name is nobody's." },
  },
});

const UserErrorType = builder.objectRef<UserError>('UserError').implement({
  description:
    'A mistake in the input that the caller can mend. Everything else is a top-level error with `extensions.code`.',
  access: 'parent',
  fields: (t) => ({
    code: t.expose('code', {
      type: UserErrorCodeType,
      description: 'What kind of mistake it is, for a program to act on.',
    }),
    message: t.exposeString('message', {
      description: 'What is wrong, in a sentence for people. Its words may change.',
    }),
    path: t.stringList({
      description: 'Where it is wrong, such as `["input", "username"]`; null: not in one field.',
      nullable: true,
      resolve: ({ path }) => path && ['input', ...path],
    }),
  }),
});

/** What every mutation answers: the changed things, or what was wrong. */
export type Payload<Changed> = Partial<Changed> & { readonly errors?: readonly UserError[] };

/** Runs a mutation; what the caller can mend becomes part of its payload. */
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
  description: 'What was wrong with the input; empty if the change was made. With an error nothing was changed.',
  resolve: ({ errors }: { readonly errors?: readonly UserError[] }) => [...(errors ?? [])],
};
