import { type DestinationStream, destination, type Logger, pino } from 'pino';

/** Writes JSON lines to stderr, because stdout is for start-up details and the results of commands. */
export function makeLog(level: string, stream: DestinationStream = destination(2)): Logger {
  return pino(
    { level, base: null, timestamp: pino.stdTimeFunctions.isoTime, serializers: { err: serializeError } },
    stream,
  );
}

/**
 * The parts of an error that may be logged. Database drivers add the statement and its values (names of users, digests) as
 * properties and as further lines of the message.
 */
function serializeError(error: unknown): object {
  if (!(error instanceof Error)) return { message: 'a value that is not an Error was thrown' };
  const { code, constraint } = error as { code?: unknown; constraint?: unknown };
  return {
    type: error.name,
    message: error.message.split('\n', 1)[0],
    ...(typeof code === 'string' ? { code } : {}),
    ...(typeof constraint === 'string' ? { constraint } : {}),
    at: (error.stack ?? '').split('\n').flatMap((line) => /^ {4}at (.+)$/.exec(line)?.[1] ?? []),
    ...(error.cause === undefined ? {} : { cause: serializeError(error.cause) }),
  };
}
