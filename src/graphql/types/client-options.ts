import type { builder } from '../builder.ts';

type InputFields = Parameters<Parameters<typeof builder.inputType>[1]['fields']>[0];

/** What a client may be registered with beside what every client has: the same words for registering and changing. */
export const optionFields = (t: InputFields) => ({
  jwks: t.field({
    type: 'JSONObject',
    description:
      'Its public keys as a JSON Web Key Set, for private_key_jwt: RSA from 2048 bits on, P-256, Ed25519. Never a private one.',
  }),
});

interface Options {
  readonly jwks?: Record<string, unknown> | null | undefined;
}

/** Field by field, as all input. */
export const readOptions = ({ jwks }: Options) => ({ jwks });
