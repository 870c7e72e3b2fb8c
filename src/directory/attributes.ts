import { DomainError } from './error.ts';

const MAX_BYTES = 16_384;

/** What an operator keeps with a person: any JSON object, within reason. */
export function validateAttributes(attributes: Record<string, unknown>): Record<string, unknown> {
  if (Buffer.byteLength(JSON.stringify(attributes)) > MAX_BYTES)
    throw new DomainError('INVALID', `The attributes take more than ${MAX_BYTES} bytes`, ['attributes']);
  return attributes;
}
