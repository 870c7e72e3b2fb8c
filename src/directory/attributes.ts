import { DomainError } from './error.ts';

const MAX_BYTES = 16_384;

/** The operator's free-form data about a user: any JSON object up to MAX_BYTES. */
export function validateAttributes(attributes: Record<string, unknown>): Record<string, unknown> {
  if (Buffer.byteLength(JSON.stringify(attributes)) > MAX_BYTES)
    throw new DomainError('INVALID', `The attributes take more than ${MAX_BYTES} bytes`, ['attributes']);
  return attributes;
}
