import { describe, expect, it } from 'vitest';

/** A file of the browser's, without types. */
const {
  answersIn,
}: { answersIn(response: Response, connection: AbortController, ended?: () => void): AsyncIterableIterator<unknown> } =
  await import(new URL('../../../../src/http/graphql/graphiql/event-stream.js', import.meta.url).href);

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
  it.each([1, 7, 1000])('gives each answer, however the bytes arrive: %d at a time', async (size) => {
    const response = new Response(inPieces(new TextEncoder().encode(EVENTS), size));
    const answers: unknown[] = [];
    for await (const answer of answersIn(response, new AbortController())) answers.push(answer);
    expect(answers).toEqual([{ data: { a: 'ä\n' } }, { data: { a: 2 } }]);
  });

  it('ends the request, without an error, when nobody wants more', async () => {
    const connection = new AbortController();
    const endless = new ReadableStream({
      start(controller) {
        connection.signal.addEventListener('abort', () => controller.error(connection.signal.reason));
      },
    });
    const answers = answersIn(new Response(endless), connection);
    const waiting = answers.next();
    await answers.return?.();
    expect(connection.signal.aborted).toBe(true);
    expect(await waiting).toEqual({ value: undefined, done: true });
  });
});
