import type { FieldAccess } from '../access/field-access.ts';
import { builder } from '../builder.ts';

const AccessAnswerEnum = builder.enumType('AccessAnswer', {
  description: 'Whether a token may select a field.',
  values: {
    YES: { description: 'The field may be selected on every object.' },
    NO: { description: 'An operation with this field is refused before anything is executed.' },
    OWN_ONLY: { description: "The field may be selected on the user's own objects. It fails on others." },
  } as const,
});

export const FieldAccessType = builder.objectRef<FieldAccess>('FieldAccess').implement({
  description: 'Whether a token may select a field, according to the access rule of the field.',
  access: 'parent',
  fields: (t) => ({
    coordinate: t.exposeString('coordinate', { description: 'The field, exactly as given in the argument.' }),
    answer: t.field({
      type: AccessAnswerEnum,
      description: 'Whether the token may select the field.',
      resolve: ({ answer }) => answer,
    }),
    missingScopes: t.stringList({
      description: 'The scopes that the token lacks. Empty if it lacks none.',
      resolve: ({ missingScopes }) => [...missingScopes],
    }),
    reason: t.exposeString('reason', {
      description: 'Human-readable explanation. Null if the answer is YES.',
      nullable: true,
    }),
  }),
});
