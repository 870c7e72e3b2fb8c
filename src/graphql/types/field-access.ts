import type { FieldAccess } from '../access/field-access.ts';
import { builder } from '../builder.ts';

const AccessAnswerEnum = builder.enumType('AccessAnswer', {
  description: 'Whether a token opens a field.',
  values: {
    YES: { description: 'It opens the field for everything the field can be asked of.' },
    NO: { description: 'It does not: an operation with this field is refused before anything runs.' },
    OWN_ONLY: { description: "It does for what is the person's own; elsewhere the field fails when it is resolved." },
  } as const,
});

export const FieldAccessType = builder.objectRef<FieldAccess>('FieldAccess').implement({
  description: 'What a token may do with a field, by the rule that the field has in this schema.',
  access: 'parent',
  fields: (t) => ({
    coordinate: t.exposeString('coordinate', { description: 'The field, as it was asked for.' }),
    answer: t.field({
      type: AccessAnswerEnum,
      description: 'Whether it may be selected.',
      resolve: ({ answer }) => answer,
    }),
    missingScopes: t.stringList({
      description: 'The scopes to ask for, if it is for scopes.',
      resolve: ({ missingScopes }) => [...missingScopes],
    }),
    reason: t.exposeString('reason', { description: 'Why not, or not always, in words.', nullable: true }),
  }),
});
