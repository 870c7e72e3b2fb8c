import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { CALLBACK, responseParams, sentTo } from '../support/authorize.ts';
import type { Page } from '../support/browser.ts';
import {
  type Conformance,
  type Modules,
  type REQUEST_MODULES,
  startConformance,
} from '../support/openid-conformance.ts';

let op: Conformance;
beforeAll(async () => {
  op = await startConformance();
});
afterAll(() => op.server.close());

const isLogin = ({ html }: Page): boolean => html.includes('name="password"');
/** The response is the same as without the parameter. */
const passesOver = async (query: Record<string, string>): Promise<void> =>
  expect(await op.claimsFor(query)).toMatchObject({ sub: op.user.id });

async function refusesObject(name: 'request' | 'request_uri'): Promise<void> {
  const page = await op.server.browser().get(op.link({ [name]: 'https://client.example/request.jwt' }));
  expect(responseParams(sentTo(page))).toMatchObject({ error: `${name}_not_supported`, state: 's' });
  expect((await op.metadata())[`${name}_parameter_supported`]).toBe(false);
}

const MODULES: Modules<typeof REQUEST_MODULES> = {
  'oidcc-response-type-missing': async () => {
    const page = await op.server.browser().get(op.link({ response_type: undefined }));
    expect(responseParams(sentTo(page))).toMatchObject({ error: 'invalid_request', state: 's' });
  },
  'oidcc-display-page': () => passesOver({ display: 'page' }),
  'oidcc-display-popup': () => passesOver({ display: 'popup' }),
  'oidcc-prompt-login': async () =>
    expect(isLogin(await (await op.signedIn()).get(op.link({ prompt: 'login' })))).toBe(true),
  'oidcc-prompt-none-not-logged-in': async () => {
    expect(responseParams(sentTo(await op.server.browser().get(op.link({ prompt: 'none' })))).error).toBe(
      'login_required',
    );
  },
  'oidcc-prompt-none-logged-in': async () => {
    const browser = await op.signedIn();
    const [first, second] = [
      await op.claimsAt(await browser.get(op.link())),
      await op.claimsAt(await browser.get(op.link({ prompt: 'none' }))),
    ];
    expect([second.sub, second.auth_time]).toEqual([first.sub, first.auth_time]);
  },
  'oidcc-max-age-1': async () => {
    const browser = await op.signedIn();
    await new Promise((resolve) => setTimeout(resolve, 1100));
    const page = await browser.get(op.link({ max_age: '1' }));
    expect(isLogin(page)).toBe(true);
    const { auth_time, iat } = await op.claimsAt(
      await browser.submit(page, { username: op.user.username, password: op.user.password }),
    );
    expect(Number(iat) - Number(auth_time)).toBeLessThanOrEqual(1);
  },
  'oidcc-max-age-10000': async () => {
    const browser = await op.signedIn();
    const [first, second] = [
      await op.claimsAt(await browser.get(op.link())),
      await op.claimsAt(await browser.get(op.link({ max_age: '10000' }))),
    ];
    expect(second.auth_time).toBe(first.auth_time);
  },
  'oidcc-ensure-request-with-unknown-parameter-succeeds': () => passesOver({ extra: 'foobar' }),
  'oidcc-id-token-hint': async () => {
    const { id_token } = await op.tokensFor();
    const browser = await op.signedIn();
    const claims = await op.claimsAt(await browser.get(op.link({ prompt: 'none', id_token_hint: id_token })));
    expect(claims.sub).toBe(op.user.id);
  },
  'oidcc-login-hint': () => passesOver({ login_hint: 'bob@example.com' }),
  'oidcc-ui-locales': () => passesOver({ ui_locales: 'se' }),
  'oidcc-claims-locales': () => passesOver({ claims_locales: 'se' }),
  'oidcc-ensure-request-with-acr-values-succeeds': async () => {
    const {
      acr_values_supported: [acr],
    } = await op.metadata();
    expect(await op.claimsFor({ acr_values: `${acr} 2` })).toMatchObject({ acr });
  },
  'oidcc-ensure-registered-redirect-uri': async () => {
    const page = await op.server.browser().get(op.link({ redirect_uri: `${CALLBACK}/foo` }));
    expect([page.status, page.location]).toEqual([400, undefined]);
  },
  'oidcc-ensure-post-request-succeeds': async () => {
    const body = new URLSearchParams(new URL(op.link(), 'http://x').search);
    const response = await op.server.request('/oauth/authorize', { method: 'POST', body });
    expect(response.status).toBe(303);
    const page = await op.server.browser().get(response.headers.get('Location') ?? '');
    expect(isLogin(page)).toBe(true);
  },
  'oidcc-request-uri-unsigned-supported-correctly-or-rejected-as-unsupported': () => refusesObject('request_uri'),
  'oidcc-unsigned-request-object-supported-correctly-or-rejected-as-unsupported': () => refusesObject('request'),
  // Does not apply, because request objects are not supported and the response goes to the redirect_uri in the query.
  'oidcc-ensure-request-object-with-redirect-uri': () => refusesObject('request'),
};

describe('OpenID Foundation conformance: Basic OP', () => {
  it.each(Object.entries(MODULES))('%s', async (_name, module) => {
    await module();
  });
});
