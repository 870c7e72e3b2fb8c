import { basicOf } from '../client-endpoints.ts';
import { read } from '../send.ts';
import type { ComparedServer } from './both-servers.ts';
import { type Case, DIFFERS } from './case.ts';
import { secretOf } from './clients.ts';
import { type Outcome, outcomeOfMembers } from './outcome.ts';
import { exchange, tokens } from './requests.ts';

/** Where the token is sent. The method is GET unless there is a form. */
type TokenPlacement = (subject: ComparedServer) => Promise<{ bearer?: string; form?: string; header?: string }>;

const accessToken = async (subject: ComparedServer, scope = 'openid'): Promise<string> =>
  (await tokens(subject, 'web', { scope })).access_token;

const ROWS: readonly [name: string, outcome: Outcome, sent: TokenPlacement][] = [
  ['openid', '200 with sub', async (subject) => ({ bearer: await accessToken(subject) })],
  ['by POST', '200 with sub', async (subject) => ({ bearer: await accessToken(subject), form: '' })],
  ['in the form', '200 with sub', async (subject) => ({ form: await accessToken(subject) })],
  ['without openid', DIFFERS, async (subject) => ({ bearer: await accessToken(subject, 'read') })],
  ['token omitted', '401 with error error_description, Bearer', async () => ({})],
  ['a malformed token', '401 with error error_description, Bearer invalid_token', async () => ({ bearer: 'nonsense' })],
  [
    'a refresh token',
    '401 with error error_description, Bearer invalid_token',
    async (subject) => ({ bearer: (await tokens(subject, 'web')).refresh_token }),
  ],
  [
    'a token of a service',
    DIFFERS,
    async (subject) => {
      const { body } = await exchange(subject, 'service', { grant_type: 'client_credentials', scope: 'read' });
      return { bearer: body.access_token };
    },
  ],
  [
    'twice',
    '400 with error error_description, Bearer invalid_request',
    async (subject) => {
      const token = await accessToken(subject);
      return { bearer: token, form: token };
    },
  ],
  ['basic', DIFFERS, async () => ({ header: basicOf({ clientId: 'web', secret: secretOf('web') }) })],
];

/** OpenID Connect Core 1.0 §5.3, RFC 6750 */
export const USERINFO_CASES: readonly Case[] = ROWS.map(([name, outcome, sent]) => ({
  name: `userinfo: ${name}`,
  outcome,
  run: async (subject) => {
    const { bearer, form, header = bearer === undefined ? undefined : `Bearer ${bearer}` } = await sent(subject);
    const headers = header === undefined ? {} : { Authorization: header };
    const body = new URLSearchParams(form ? { access_token: form } : {});
    const init = form === undefined ? { headers } : { headers, method: 'POST', body };
    const response = await read(await subject.request('/oauth/userinfo', init));
    const challenge = response.headers.get('WWW-Authenticate');
    const error = /error="(\w+)"/.exec(challenge ?? '')?.[1];
    return [outcomeOfMembers(response), challenge ? `, ${challenge.split(' ')[0]}` : '', error ? ` ${error}` : ''].join(
      '',
    );
  },
}));
