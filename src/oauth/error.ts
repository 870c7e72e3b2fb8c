/** Every error code that a client may receive, with its HTTP status and the section that defines it. */
const STATUS = {
  // RFC 6749 §4.1.2.1, §4.2.2.1, §5.2
  invalid_request: 400,
  invalid_client: 401,
  invalid_grant: 400,
  unauthorized_client: 400,
  unsupported_grant_type: 400,
  invalid_scope: 400,
  access_denied: 400,
  unsupported_response_type: 400,
  server_error: 500,
  temporarily_unavailable: 503,
  // OpenID Connect Core 1.0 §3.1.2.6
  login_required: 400,
  consent_required: 400,
  request_not_supported: 400,
  request_uri_not_supported: 400,
  registration_not_supported: 400,
  // OpenID Connect Core Error Code unmet_authentication_requirements 1.0 §3
  unmet_authentication_requirements: 400,
  // OAuth 2.0 Multiple Response Type Encoding Practices §2.1
  unsupported_response_mode: 400,
  // RFC 8707 §2
  invalid_target: 400,
  // RFC 6750 §3.1
  invalid_token: 401,
  insufficient_scope: 403,
} as const;

export type OAuthErrorCode = keyof typeof STATUS;

/** RFC 6749 §5.2: error_description is %x20-21 / %x23-5B / %x5D-7E. */
export const toDescription = (text: string): string =>
  text.replaceAll('"', "'").replaceAll(/[^\x20-\x5b\x5d-\x7e]/g, '?');

/** A value that the client sent, as part of a description. It must not be secret. */
export const quoted = (value: string): string => `'${toDescription(value.slice(0, 200))}'`;

/** An error response that an RFC defines. Anyone may see `description`, so it is ASCII and contains no secret. */
export class OAuthError extends Error {
  override readonly name = 'OAuthError';
  readonly code: OAuthErrorCode;

  constructor(code: OAuthErrorCode, description: string) {
    super(description);
    this.code = code;
  }

  get status(): number {
    return STATUS[this.code];
  }
}
