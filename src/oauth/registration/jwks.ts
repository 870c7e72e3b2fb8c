import { createPublicKey, type KeyObject, type webcrypto } from 'node:crypto';
import { DomainError } from '../../directory/error.ts';

/** RFC 7517 §5: the public keys of a client, nothing but what a signature is checked with. */
export interface ClientKeys {
  readonly keys: readonly webcrypto.JsonWebKey[];
}

const MAX_KEYS = 10;
const MAX_LENGTH = 2000;
/** RFC 7518 §3.3 */
const RSA_BITS = 2048;

/** With a smaller one a signature is no proof (with 1 anybody can make it), with a longer one each check takes long. */
const EXPONENT = { least: 65_537n, end: 1n << 64n };

/** RFC 7518 §6, RFC 8037 §2: what makes a public key of each kind, what it signs by here, and what may be said of it. */
const KINDS: ReadonlyMap<unknown, { readonly members: readonly string[]; readonly algorithms: readonly string[] }> =
  new Map([
    ['RSA', { members: ['n', 'e'], algorithms: ['RS256', 'PS256'] }],
    ['EC', { members: ['crv', 'x', 'y'], algorithms: ['ES256'] }],
    ['OKP', { members: ['crv', 'x'], algorithms: ['EdDSA'] }],
  ]);
const SAID = ['kid', 'alg', 'use'];
const PRIVATE = ['d', 'p', 'q', 'dp', 'dq', 'qi', 'oth', 'k'];

/** RFC 7591 §2 `jwks`, checked, with nothing in it that is not needed. */
export function readClientKeys(jwks: Readonly<Record<string, unknown>>): ClientKeys {
  const { keys } = jwks;
  if (!Array.isArray(keys) || keys.length === 0 || keys.length > MAX_KEYS)
    throw invalid(`jwks is a JSON Web Key Set of 1 to ${MAX_KEYS} keys: {"keys": [...]}`);
  const read = keys.map(readKey);
  const kids = new Set(read.map((key) => (key as { kid?: string }).kid));
  // Which of them a signature is to be checked with must not be a guess.
  if (read.length > 1 && (kids.size < read.length || kids.has(undefined)))
    throw invalid('Where there are several keys each needs a kid of its own');
  return { keys: read };
}

function readKey(key: unknown): webcrypto.JsonWebKey {
  if (typeof key !== 'object' || key === null) throw invalid('A key is an object');
  const given = key as Record<string, unknown>;
  if (PRIVATE.some((name) => name in given))
    throw invalid('There is a private or a symmetric key among them: send the public halves only, and use new keys');
  const kind = KINDS.get(given.kty);
  if (!kind) throw invalid('A key is RSA, EC or OKP');
  const wanted = [...kind.members, ...SAID.filter((name) => given[name] !== undefined)];
  const wrong = wanted.find((name) => typeof given[name] !== 'string' || String(given[name]).length > MAX_LENGTH);
  if (wrong !== undefined) throw invalid(`The member ${wrong} of a key is missing or malformed`);
  if (given.use !== undefined && given.use !== 'sig') throw invalid('A key is for signatures: its use is "sig"');
  if (given.alg !== undefined && !kind.algorithms.some((name) => name === given.alg))
    throw invalid(`The alg of this key, if it says one, is ${kind.algorithms.join(' or ')}`);

  const jwk = {
    kty: String(given.kty),
    ...Object.fromEntries(wanted.map((name) => [name, given[name]])),
  } as webcrypto.JsonWebKey;
  if (!isStrong(parse(jwk)))
    throw invalid(`A key is RSA of ${RSA_BITS} bits or more with the usual exponent, P-256 or Ed25519`);
  return jwk;
}

function parse(jwk: webcrypto.JsonWebKey): KeyObject {
  try {
    return createPublicKey({ key: jwk, format: 'jwk' });
  } catch {
    throw invalid('One of the keys cannot be read');
  }
}

function isStrong({ asymmetricKeyType: type, asymmetricKeyDetails: details }: KeyObject): boolean {
  if (type === 'rsa') {
    const { modulusLength = 0, publicExponent = 0n } = details ?? {};
    return modulusLength >= RSA_BITS && publicExponent >= EXPONENT.least && publicExponent < EXPONENT.end;
  }
  return type === 'ed25519' || (type === 'ec' && details?.namedCurve === 'prime256v1');
}

const invalid = (message: string): DomainError => new DomainError('INVALID', message, ['jwks']);
