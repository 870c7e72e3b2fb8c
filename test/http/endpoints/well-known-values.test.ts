import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { CALLBACK, codeRequest, issueCode, responseParams, sentTo } from '../../support/authorize.ts';
import { signingClient } from '../../support/client-assertions.ts';
import { postForm, publicClient } from '../../support/client-endpoints.ts';
import { verifyIdToken } from '../../support/id-tokens.ts';
import { read } from '../../support/send.ts';
import { sharedServer, type TestServer } from '../../support/server.ts';
import { exchange } from '../../support/token-forms.ts';

let server: TestServer;
// biome-ignore lint/suspicious/noExplicitAny: the test reads arbitrary members of a document
let metadata: any;
beforeAll(async () => {
  server = await sharedServer();
  // The metadata lists the deprecated grants only while a client may use them.
  await server.client({ grantTypes: ['implicit', 'password'] });
  metadata = (await read(await server.request('/.well-known/openid-configuration'))).body;
});
afterAll(() => server.close());

const here = (url: string): string => new URL(url).pathname;

describe('RFC 8414 §2: the server supports every value that its metadata lists', () => {
  it('scopes, response types, response modes and grant types are supported', async () => {
    const client = await server.client({
      grantTypes: metadata.grant_types_supported,
      scope: metadata.scopes_supported.join(' '),
    });
    const user = await server.user();
    const password = { grant_type: 'password', username: user.username, password: user.password };
    for (const scope of metadata.scopes_supported)
      expect((await server.token({ ...password, scope }, client)).body.scope).toBe(scope);
    for (const response_type of metadata.response_types_supported) {
      const mode = response_type === 'code' ? 'query' : 'fragment';
      expect(metadata.response_modes_supported).toContain(mode);
      const query = { response_type, response_mode: mode, prompt: 'none', scope: 'read' };
      const location = sentTo(await server.browser().get(codeRequest(client, query)));
      expect(responseParams(location, mode === 'query' ? 'search' : 'hash').error).toBe('login_required');
    }
    expect(metadata.response_modes_supported).toHaveLength(2);
    for (const grant_type of metadata.grant_types_supported) {
      const { body } = await server.token({ ...password, grant_type }, client);
      // The implicit grant has no token request.
      const unsupported = grant_type === 'implicit';
      expect([grant_type, body.error === 'unsupported_grant_type']).toEqual([grant_type, unsupported]);
    }
  });

  it('client authentication methods and their signing algorithms are supported', async () => {
    const { token_endpoint_auth_methods_supported: methods, token_endpoint_auth_signing_alg_values_supported: algs } =
      metadata;
    const proofs: Record<string, () => Promise<Record<string, string>>> = {
      client_secret_post: async () => {
        const { clientId, secret } = await server.client({ tokenEndpointAuthMethod: 'client_secret_post' });
        return { client_id: clientId, client_secret: secret };
      },
      none: async () => ({ client_id: (await publicClient(server)).clientId }),
      private_key_jwt: async () => (await signingClient(server, algs[0])).form(),
    };
    for (const endpoint of ['revocation', 'introspection'])
      for (const method of methods) {
        const basic = await server.client({ tokenEndpointAuthMethod: 'client_secret_basic' });
        const by = method === 'client_secret_basic' ? basic : undefined;
        const answer = await postForm(
          server,
          here(metadata[`${endpoint}_endpoint`]),
          {
            ...{ token: 'x' },
            ...(await proofs[method]?.()),
          },
          by,
        );
        const served = metadata[`${endpoint}_endpoint_auth_methods_supported`].includes(method);
        expect([endpoint, method, answer.status]).toEqual([endpoint, method, served ? 200 : 401]);
      }
    for (const alg of algs) {
      const signing = await signingClient(server, alg);
      const { status } = await server.token({ grant_type: 'client_credentials', ...(await signing.form()) });
      expect([alg, status]).toEqual([alg, 200]);
    }
  });

  it('algorithms, acr values and claims of ID tokens are supported', async () => {
    const scope = 'openid profile email groups';
    const user = await server.user({ firstName: 'Ada', lastName: 'Lovelace' });
    for (const alg of metadata.id_token_signing_alg_values_supported) {
      const client = await server.client({ idTokenSignedResponseAlg: alg });
      const code = await issueCode(
        server,
        client,
        { scope, nonce: 'n', acr_values: metadata.acr_values_supported[0] },
        user,
      );
      const { body } = await server.token(exchange(code), client);
      const verified = await verifyIdToken(server, client, body.id_token);
      expect(verified.alg).toBe(alg);
      expect(metadata.acr_values_supported).toEqual([verified.claims.acr]);
      expect(Object.keys(verified.claims).sort()).toEqual([...metadata.claims_supported].sort());
    }
  });

  it('prompts, displays and languages are supported', async () => {
    const client = await server.client();
    for (const prompt of metadata.prompt_values_supported) {
      const query = {
        prompt,
        display: metadata.display_values_supported[0],
        ui_locales: metadata.ui_locales_supported[0],
      };
      const page = await server.browser().get(codeRequest(client, query));
      if (prompt === 'none') expect(responseParams(sentTo(page)).error).toBe('login_required');
      else expect([prompt, page.status, page.forms.length]).toEqual([prompt, 200, 1]);
    }
  });

  it('PKCE methods are supported', async () => {
    const client = await server.client();
    const query = { code_challenge: 'E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM', redirect_uri: CALLBACK };
    for (const code_challenge_method of [...metadata.code_challenge_methods_supported, 'plain']) {
      const page = await server.browser().get(codeRequest(client, { ...query, code_challenge_method }));
      expect([code_challenge_method, page.status]).toEqual([
        code_challenge_method,
        code_challenge_method === 'plain' ? 303 : 200,
      ]);
    }
  });
});
