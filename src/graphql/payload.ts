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
  description: 'What kind of mistake it is.',
  values: {
    INVALID: { description: 'A value that cannot be taken.' },
    TAKEN: { description: 'Somebody or something else has this name.' },
    NOT_FOUND: { description: 'There is no such thing.' },
  },
});

const UserErrorType = builder.objectRef<UserError>('UserError').implement({
  description: 'What the caller can mend. Everything else is a top-level error with `extensions.code`.',
  access: 'parent',
  fields: (t) => ({
    code: t.expose('code', { type: UserErrorCodeType, description: 'For programs.' }),
    message: t.exposeString('message', { description: 'For people.' }),
    path: t.stringList({
      description: 'The field of the input that is wrong.',
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
  description: 'What was wrong with the input; empty if it was done.',
  resolve: ({ errors }: { readonly errors?: readonly UserError[] }) => [...(errors ?? [])],
};
