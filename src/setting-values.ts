import { z } from 'zod';

/** Seconds. */
const TEN_YEARS = 3650 * 86_400;

export const text = z.string().optional();

export const seconds = (minimum: number, maximum = TEN_YEARS) =>
  z.coerce
    .number('must be a number of seconds')
    .int('must be a whole number of seconds')
    .min(minimum, `must be at least ${minimum}`)
    .max(maximum, `must be at most ${maximum}`);

export const flag = z.enum(['1', '0'], 'must be 1 or 0').transform((value) => value === '1');
export const onOff = z.enum(['on', 'off'], 'must be on or off').transform((value) => value === 'on');

const PORT_OF_ADDRESS = /^(?:(?<host>\[[\da-f:]+\]|[^\s:[\]]+):)?(?<port>\d{1,5})$/i;

/** A port of 127.0.0.1, or `address:port`. */
export const portOrAddress = text.transform((value, context) => {
  if (value === undefined) return undefined;
  const { host = '127.0.0.1', port = '0' } = PORT_OF_ADDRESS.exec(value)?.groups ?? {};
  if (Number(port) < 1 || Number(port) > 65_535) {
    context.addIssue({ code: 'custom', message: 'must be a port number, or an address with a port: 10.0.0.11:9464' });
    return z.NEVER;
  }
  return { host: host.replaceAll(/[[\]]/g, ''), port: Number(port) };
});
