import { createPublicKey, type KeyObject, type webcrypto } from 'node:crypto';
import { DomainError } from '../../directory/error.ts';

/** RFC 7517 §5: the public keys of a client. */
export interface ClientKeys {
  readonly keys: readonly webcrypto.JsonWebKey[];
}

const MAX_KEYS = 10;
const MAX_LENGTH = 2000;
/** RFC 7518 §3.3 */
const RSA_BITS = 2048;

/** A small exponent makes forgery easy (with 1 anyone can sign). A long one makes each verification slow. */
const EXPONENT = { min: 65_537n, end: 1n << 64n };

/** RFC 7518 §6, RFC 8037 §2: the members of a public key of each type, and the algorithms it may be used with. */
const KINDS: ReadonlyMap<unknown, { readonly members: readonly string[]; readonly algorithms: readonly string[] }> =
  new Map([
    ['RSA', { members: ['n', 'e'], algorithms: ['RS256', 'PS256'] }],
    ['EC', { members: ['crv', 'x', 'y'], algorithms: ['ES256'] }],
    ['OKP', { members: ['crv', 'x'], algorithms: ['EdDSA'] }],
  ]);
const OPTIONAL_MEMBERS = ['kid', 'alg', 'use'];
const PRIVATE_MEMBERS = ['d', 'p', 'q', 'dp', 'dq', 'qi', 'oth', 'k'];

/** RFC 7591 §2: the validated `jwks`, without unknown members. Throws INVALID. */
export function parseClientKeys(jwks: Readonly<Record<string, unknown>>): ClientKeys {
  const { keys } = jwks;
  if (!Array.isArray(keys) || keys.length === 0 || keys.length > MAX_KEYS)
    throw invalid(`jwks is a JSON Web Key Set of 1 to ${MAX_KEYS} keys: {"keys": [...]}`);
  const parsed = keys.map(parseKey);
  const kids = new Set(parsed.map((key) => (key as { kid?: string }).kid));
  // The kid of an assertion must select exactly one key.
  if (parsed.length > 1 && (kids.size < parsed.length || kids.has(undefined)))
    throw invalid('If there are several keys, each needs a different kid');
  return { keys: parsed };
}

function parseKey(key: unknown): webcrypto.JsonWebKey {
  if (typeof key !== 'object' || key === null) throw invalid('A key must be an object');
  const given = key as Record<string, unknown>;
  if (PRIVATE_MEMBERS.some((name) => name in given))
    throw invalid('One of the keys is private or symmetric: create new keys and send only the public ones');
  const kind = KINDS.get(given.kty);
  if (!kind) throw invalid('The kty of a key must be RSA, EC or OKP');
  const names = [...kind.members, ...OPTIONAL_MEMBERS.filter((name) => given[name] !== undefined)];
  const malformed = names.find((name) => typeof given[name] !== 'string' || String(given[name]).length > MAX_LENGTH);
  if (malformed !== undefined) throw invalid(`The member ${malformed} of a key is missing or malformed`);
  if (given.use !== undefined && given.use !== 'sig') throw invalid('The use of a key must be "sig"');
  if (given.alg !== undefined && !kind.algorithms.some((name) => name === given.alg))
    throw invalid(`The alg of this key must be ${kind.algorithms.join(' or ')}, or be omitted`);

  const jwk = {
    kty: String(given.kty),
    ...Object.fromEntries(names.map((name) => [name, given[name]])),
  } as webcrypto.JsonWebKey;
  if (!isStrong(toKeyObject(jwk)))
    throw invalid(`A key must be RSA of ${RSA_BITS} bits or more with the usual exponent, P-256 or Ed25519`);
  return jwk;
}

function toKeyObject(jwk: webcrypto.JsonWebKey): KeyObject {
  try {
    return createPublicKey({ key: jwk, format: 'jwk' });
  } catch {
    throw invalid('One of the keys is malformed');
  }
}

function isStrong({ asymmetricKeyType: type, asymmetricKeyDetails: details }: KeyObject): boolean {
  if (type === 'rsa') {
    const { modulusLength = 0, publicExponent = 0n } = details ?? {};
    return modulusLength >= RSA_BITS && publicExponent >= EXPONENT.min && publicExponent < EXPONENT.end;
  }
  return type === 'ed25519' || (type === 'ec' && details?.namedCurve === 'prime256v1');
}

const invalid = (message: string): DomainError => new DomainError('INVALID', message, ['jwks']);
