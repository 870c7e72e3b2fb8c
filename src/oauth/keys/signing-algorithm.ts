import { generateKeyPair, type KeyObject } from 'node:crypto';
import { promisify } from 'node:util';

const generate = promisify(generateKeyPair);

interface KeyPair {
  readonly publicKey: KeyObject;
  readonly privateKey: KeyObject;
}

interface Algorithm {
  /** OpenID Connect Core 1.0 §3.1.3.6: the hash of the algorithm, also used for at_hash. */
  readonly hash: 'sha256' | 'sha512';
  readonly generate: () => Promise<KeyPair>;
}

/** RFC 7518 §3.1, RFC 8037 §3.1: the algorithms that sign tokens. Every client supports RS256 (Core §15.1). */
export const SIGNING_ALGORITHMS = {
  RS256: { hash: 'sha256', generate: () => generate('rsa', { modulusLength: 2048 }) },
  ES256: { hash: 'sha256', generate: () => generate('ec', { namedCurve: 'P-256' }) },
  EdDSA: { hash: 'sha512', generate: () => generate('ed25519') },
} as const satisfies Record<string, Algorithm>;

export type SigningAlgorithm = keyof typeof SIGNING_ALGORITHMS;

export const SIGNING_ALGORITHM_NAMES = Object.keys(SIGNING_ALGORITHMS) as SigningAlgorithm[];

export const isSigningAlgorithm = (text: string): text is SigningAlgorithm => Object.hasOwn(SIGNING_ALGORITHMS, text);
