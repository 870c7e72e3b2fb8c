/**
 * GraphQL over Server-Sent Events: one answer after another, as GraphiQL takes them.
 * @param {Response} response
 * @param {AbortController} connection what ends the request when GraphiQL wants no more
 * @param {() => void} ended called where the answer is that the token is no longer good
 */
export function answersIn(response, connection, ended) {
  const answers = read(response.body.pipeThrough(new TextDecoderStream()).getReader(), ended);
  return {
    [Symbol.asyncIterator]() {
      return this;
    },
    next: () => answers.next(),
    return() {
      connection.abort();
      return answers.return();
    },
  };
}

async function* read(reader, ended) {
  let text = '';
  for (;;) {
    const { value, done } = await reader.read().catch(stopped);
    if (done) return;
    const events = (text + value).split(/\r?\n\r?\n/);
    text = events.pop();
    for (const event of events) {
      const data = event.match(/^data: ?(.+)$/m)?.[1];
      if (!data || !/^event: ?next$/m.test(event)) continue;
      const answer = JSON.parse(data);
      if (answer.errors?.some(({ extensions }) => extensions?.code === 'UNAUTHENTICATED')) ended();
      yield answer;
    }
  }
}

/** What has been shown stays: that GraphiQL ended the request is no error. */
function stopped(error) {
  if (error.name !== 'AbortError') throw error;
  return { done: true };
}
