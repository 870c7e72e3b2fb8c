import { isUtf8 } from 'node:buffer';
import { OAuthError } from '../error.ts';
import { decodeForm } from '../params.ts';

/** The id and the secret of an Authorization header. An empty secret is undefined. */
export interface BasicCredentials {
  readonly clientId: string;
  readonly secret: string | undefined;
}

/** `malformed` means that the header is not form-encoded as RFC 6749 §2.3.1 requires, so only its raw value may be correct. */
export interface BasicHeader {
  readonly readings: readonly BasicCredentials[];
  readonly malformed: boolean;
}

/**
 * RFC 7617, RFC 6749 §2.3.1: parses the header both without and with form-decoding, because many clients do not encode. Throws
 * invalid_request.
 */
export function parseBasicHeader(header: string): BasicHeader {
  const match = /^basic +([A-Za-z0-9+/]+={0,2}) *$/i.exec(header);
  const text = match?.[1] === undefined ? undefined : decodeUtf8(Buffer.from(match[1], 'base64'));
  const colon = text?.indexOf(':') ?? -1;
  if (text === undefined || colon < 0) throw malformedHeader();

  const [id, secret] = [text.slice(0, colon), text.slice(colon + 1)];
  const decodedId = decodeForm(id);
  const decodedSecret = decodeForm(secret);
  const readings = [credentialsOf(id, secret)];
  if (decodedId !== undefined && decodedSecret !== undefined && (decodedId !== id || decodedSecret !== secret))
    readings.push(credentialsOf(decodedId, decodedSecret));
  // A form-encoded value has neither a second colon nor a lone `%`.
  return { readings, malformed: secret.includes(':') || decodedId === undefined || decodedSecret === undefined };
}

export const malformedHeader = (): OAuthError =>
  new OAuthError('invalid_request', 'The Authorization header is malformed.');

const credentialsOf = (clientId: string, secret: string): BasicCredentials => ({
  clientId,
  secret: secret === '' ? undefined : secret,
});

const decodeUtf8 = (bytes: Buffer): string | undefined => (isUtf8(bytes) ? bytes.toString() : undefined);
