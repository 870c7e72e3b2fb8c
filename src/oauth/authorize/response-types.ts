/**
 * The response types. `grantType` must be registered for the client (RFC 6749 §3.1.1, RFC 7591 §2.1). `separator` precedes the
 * response parameters in the redirect URL (OAuth 2.0 Multiple Response Type Encoding Practices §2.1).
 */
export const RESPONSE_TYPES = {
  code: { grantType: 'authorization_code', responseMode: 'query', separator: '?' },
  token: { grantType: 'implicit', responseMode: 'fragment', separator: '#' },
} as const;

export type ResponseType = keyof typeof RESPONSE_TYPES;

export const isResponseType = (text: string): text is ResponseType => Object.hasOwn(RESPONSE_TYPES, text);

/** RFC 7591 §2.1: the response types follow from the grant types. */
export const responseTypesOf = (grantTypes: readonly string[]): ResponseType[] =>
  Object.keys(RESPONSE_TYPES)
    .filter(isResponseType)
    .filter((type) => grantTypes.includes(RESPONSE_TYPES[type].grantType));
