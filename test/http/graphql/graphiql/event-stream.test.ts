import { describe, expect, it } from 'vitest';

/** A browser script, which has no types. */
const {
  resultsOf,
}: {
  resultsOf(
    response: Response,
    connection: AbortController,
    onTokenInvalid?: () => void,
  ): AsyncIterableIterator<unknown>;
} = await import(new URL('../../../../src/http/graphql/graphiql/event-stream.js', import.meta.url).href);

const EVENTS =
  'event: next\ndata: {"data":{"a":"ä\\n"}}\n\n:\n\nevent: next\ndata: {"data":{"a":2}}\n\nevent: complete\ndata:\n\n';

const inPieces = (bytes: Uint8Array, size: number) =>
  new ReadableStream<Uint8Array>({
    start(controller) {
      for (let start = 0; start < bytes.length; start += size) controller.enqueue(bytes.slice(start, start + size));
      controller.close();
    },
  });

describe('GraphQL over Server-Sent Events', () => {
  it.each([1, 7, 1000])('every result is returned if %d bytes arrive at a time', async (size) => {
    const response = new Response(inPieces(new TextEncoder().encode(EVENTS), size));
    const results: unknown[] = [];
    for await (const result of resultsOf(response, new AbortController())) results.push(result);
    expect(results).toEqual([{ data: { a: 'ä\n' } }, { data: { a: 2 } }]);
  });

  it('returning from the iterator aborts the request without an error', async () => {
    const connection = new AbortController();
    const endless = new ReadableStream({
      start(controller) {
        connection.signal.addEventListener('abort', () => controller.error(connection.signal.reason));
      },
    });
    const results = resultsOf(new Response(endless), connection);
    const waiting = results.next();
    await results.return?.();
    expect(connection.signal.aborted).toBe(true);
    expect(await waiting).toEqual({ value: undefined, done: true });
  });
});
