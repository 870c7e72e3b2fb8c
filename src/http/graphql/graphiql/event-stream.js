/**
 * GraphQL over Server-Sent Events: the results as an async iterator, as GraphiQL expects them.
 * @param {Response} response
 * @param {AbortController} connection aborts the request when GraphiQL stops the subscription
 * @param {() => void} onTokenInvalid called when a result says that the token is no longer valid
 */
export function resultsOf(response, connection, onTokenInvalid) {
  const results = read(response.body.pipeThrough(new TextDecoderStream()).getReader(), onTokenInvalid);
  return {
    [Symbol.asyncIterator]() {
      return this;
    },
    next: () => results.next(),
    return() {
      connection.abort();
      return results.return();
    },
  };
}

async function* read(reader, onTokenInvalid) {
  let text = '';
  for (;;) {
    const { value, done } = await reader.read().catch(endIfAborted);
    if (done) return;
    const events = (text + value).split(/\r?\n\r?\n/);
    text = events.pop();
    for (const event of events) {
      const data = event.match(/^data: ?(.+)$/m)?.[1];
      if (!data || !/^event: ?next$/m.test(event)) continue;
      const result = JSON.parse(data);
      if (result.errors?.some(({ extensions }) => extensions?.code === 'UNAUTHENTICATED')) onTokenInvalid();
      yield result;
    }
  }
}

/** An abort by GraphiQL is the normal end of a subscription, not an error. */
function endIfAborted(error) {
  if (error.name !== 'AbortError') throw error;
  return { done: true };
}
