import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { authorizePath, CALLBACK, codeRequest } from '../../support/authorize.ts';
import type { TestClient } from '../../support/fixtures.ts';
import { expectErrorPage, expectErrorRedirect, expectNothingWritten } from '../../support/refusals.ts';
import { sharedServer, type TestServer } from '../../support/server.ts';

let server: TestServer;
beforeAll(async () => {
  server = await sharedServer();
});
afterAll(() => server.close());

/** Sends the code request of a new client, with `more` appended unchanged. */
async function ask(more: string, client?: TestClient): Promise<Response> {
  return server.request(codeRequest(client ?? (await server.client())) + more);
}

describe('RFC 6749 §4.1.2.1: errors on a page, as long as the redirect_uri is not known to be valid', () => {
  it.each([
    ['no client_id', {}],
    ['an empty client_id', { client_id: '' }],
    ['an unknown client_id', { client_id: 'nobody' }],
    ['a NUL in client_id', { client_id: 'a\0b' }],
    ['a client_id that is not ASCII', { client_id: 'é' }],
    ['a client_id of 10 KB', { client_id: 'x'.repeat(10_000) }],
  ])('A2: a request with %s gets an error page', async (_, query) => {
    await expectNothingWritten(server, async () => {
      const path = authorizePath({ response_type: 'code', redirect_uri: CALLBACK, state: 's', ...query });
      const page = await expectErrorPage(await server.request(path));
      expect(page).not.toContain('client.example');
    });
  });

  it('a repeated client_id or redirect_uri is refused on a page, even with equal values', async () => {
    const client = await server.client();
    const uri = encodeURIComponent(CALLBACK);
    for (const more of [
      `&client_id=${client.clientId}`,
      '&client_id=other',
      `&redirect_uri=${uri}`,
      '&redirect_uri=https://evil.example/',
    ])
      await expectErrorPage(await ask(more, client));
  });

  it('broken percent-encoding and broken UTF-8 are refused on a page', async () => {
    for (const more of ['&state=%', '&state=%zz', '&scope=%ff', '&%ed%a0%80=1']) await expectErrorPage(await ask(more));
  });

  it('a disabled client is refused like an unknown one', async () => {
    const client = await server.client();
    await server.database.em().execute('UPDATE clients SET disabled = true WHERE client_id = ?', [client.clientId]);
    await expectErrorPage(await ask('', client));
  });
});

describe('RFC 6749 §4.1.2.1, §3.1: errors sent to the client', () => {
  it('A4: a missing response_type is invalid_request', async () => {
    const path = authorizePath({ client_id: (await server.client()).clientId, redirect_uri: CALLBACK, state: 'x' });
    await expectNothingWritten(server, async () =>
      expectErrorRedirect(server, await server.request(path), 'invalid_request', { state: 'x' }),
    );
  });

  it.each(['id_token', 'code token', 'token code', 'none', 'CODE', 'code ', '__proto__', 'toString'])(
    'A5: response_type=%j is refused in the query, never in the fragment, for a client registered for codes',
    async (response_type) => {
      const path = codeRequest(await server.client(), { response_type });
      await expectNothingWritten(server, async () =>
        expectErrorRedirect(server, await server.request(path), 'unsupported_response_type'),
      );
    },
  );

  it('A5: a code is refused for a client registered for other grants only', async () => {
    const client = await server.client({ grantTypes: ['password', 'implicit'] });
    await expectErrorRedirect(server, await ask('', client), 'unauthorized_client');
    const token = codeRequest(await server.client(), { response_type: 'token' });
    await expectErrorRedirect(server, await server.request(token), 'unauthorized_client');
  });

  it('a refusal is one line of the log, with the client and the request id', async () => {
    const client = await server.client();
    const from = server.log.length;
    const refused = await ask('&max_age=x', client);
    const lines = server.log
      .slice(from)
      .map((line) => JSON.parse(line))
      .filter(({ level }) => level === 30);
    expect(lines).toMatchObject([
      {
        error: 'invalid_request',
        client: client.clientId,
        route: '/oauth/authorize',
        requestId: refused.headers.get('X-Request-Id'),
      },
    ]);
  });

  it('A7: only scopes that are unknown or that this client may not request', async () => {
    const client = await server.client({ scope: 'profile read' });
    for (const scope of ['unknown', 'write', 'groups write', 'readonly', 'rea', 'READ'])
      await expectErrorRedirect(server, await ask(`&scope=${scope.replace(' ', '+')}`, client), 'invalid_scope');
  });

  it('A7: openid for a client that is not registered with it, even beside an allowed scope', async () => {
    const answer = await ask('&scope=read+openid', await server.client({ scope: 'profile read' }));
    await expectErrorRedirect(server, answer, 'invalid_scope');
    expect(answer.headers.get('Location')).toContain('Register+the+client+with+openid');
  });

  it.each([
    '%22',
    '%5C',
    '%00',
    'read%00',
    'read%09profile',
    'read%0Aprofile',
    '%C3%A9',
    '%F0%9F%98%80',
    '%7F',
    'read%C2%A0',
  ])('A8: scope=%s is outside the grammar', async (scope) =>
    expectErrorRedirect(server, await ask(`&scope=${scope}`), 'invalid_scope'),
  );

  it('A8: ten thousand scopes are refused, known or not', async () => {
    const client = await server.client();
    for (const scopes of [Array(10_000).fill('x'), Array.from({ length: 3000 }, (_, index) => `s${index}`)]) {
      const body = new URLSearchParams(codeRequest(client).split('?')[1]);
      body.set('scope', scopes.join(' '));
      const answer = await server.request('/oauth/authorize', { method: 'POST', body });
      await expectErrorRedirect(server, answer, 'invalid_scope');
    }
  });

  it.each([
    'response_type=code',
    'response_type=token',
    'scope=read&scope=read',
    'scope=read&scope=write',
    'code_challenge=x&code_challenge=x',
    'code_challenge_method=S256&code_challenge_method=S256',
    'nonce=a&nonce=b',
    'response_mode=query&response_mode=query',
  ])('A10: %s makes a repeated parameter invalid_request', async (more) =>
    expectErrorRedirect(server, await ask(`&state=kept&${more}`), 'invalid_request', { state: 'kept' }),
  );

  it.each(['state=a&state=a', 'state=a&state=b', 'state=&state=b'])('A11: %s: the error has no state', async (more) =>
    expectErrorRedirect(server, await ask(`&${more}`), 'invalid_request'),
  );

  it.each(['fragment', 'form_post', 'web_message', 'query.jwt', 'x', 'Query'])(
    'A16: response_mode=%s is refused',
    async (mode) => expectErrorRedirect(server, await ask(`&response_mode=${mode}`), 'unsupported_response_mode'),
  );

  it('RFC 6749 §4.2.2.1: a client registered for implicit gets the error in the fragment', async () => {
    const client = await server.client({ grantTypes: ['implicit'] });
    const path = codeRequest(client, { response_type: 'token', scope: 'unknown', state: 'x' });
    await expectErrorRedirect(server, await server.request(path), 'invalid_scope', { part: 'hash', state: 'x' });
  });
});

describe('RFC 6749 §3.1: POST', () => {
  const post = (body: BodyInit, type?: string) =>
    server.request('/oauth/authorize', {
      method: 'POST',
      body,
      ...(type ? { headers: { 'Content-Type': type } } : {}),
    });

  it('A17: JSON, multipart and plain text are refused on a page', async () => {
    const query = codeRequest(await server.client()).split('?')[1] ?? '';
    const json = JSON.stringify(Object.fromEntries(new URLSearchParams(query)));
    const multipart = new FormData();
    for (const [name, value] of new URLSearchParams(query)) multipart.append(name, value);
    await expectNothingWritten(server, async () => {
      await expectErrorPage(await post(json, 'application/json'));
      await expectErrorPage(await post(multipart));
      await expectErrorPage(await post(query, 'text/plain'));
      await expectErrorPage(await post(query, 'application/x-www-form-urlencoded-not'));
    });
  });

  it('A17: a body larger than 32 KB is refused on a page', async () =>
    expectErrorPage(await post(new URLSearchParams({ state: 'x'.repeat(33_000) })), 413));

  it.each(['PUT', 'DELETE', 'PATCH'])('the method %s is not allowed', async (method) => {
    const answer = await server.request(codeRequest(await server.client()), { method });
    expect(answer.headers.get('Allow')).toBe('GET, HEAD, POST');
    await expectErrorPage(answer, 405);
  });
});
