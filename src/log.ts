import { type DestinationStream, destination, type Logger, pino } from 'pino';

/** JSON lines to stderr: stdout belongs to what people read at the start, and to the answers of commands. */
export function makeLog(level: string, stream: DestinationStream = destination(2)): Logger {
  return pino({ level, base: null, timestamp: pino.stdTimeFunctions.isoTime, serializers: { err: told } }, stream);
}

/**
 * What may be told of an error. Database drivers hang the statement and its values (people's names, digests) on theirs, and
 * write them into further lines of the message.
 */
function told(error: unknown): object {
  if (!(error instanceof Error)) return { message: 'something that is not an Error was thrown' };
  const { code, constraint } = error as { code?: unknown; constraint?: unknown };
  return {
    type: error.name,
    message: error.message.split('\n', 1)[0],
    ...(typeof code === 'string' ? { code } : {}),
    ...(typeof constraint === 'string' ? { constraint } : {}),
    at: (error.stack ?? '').split('\n').flatMap((line) => /^ {4}at (.+)$/.exec(line)?.[1] ?? []),
    ...(error.cause === undefined ? {} : { cause: told(error.cause) }),
  };
}
