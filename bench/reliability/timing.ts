import { makeSecret } from '../../src/crypto/secrets.ts';
import { median } from '../benchmarks/rounds.ts';
import { browserAt, cookiesOf, ORIGIN } from '../load/code-flow-workload.ts';
import { drive, type Workload } from '../load/drive.ts';
import { USERNAMES } from '../load/graphql-workloads.ts';
import { basic, postForm } from '../load/http.ts';
import type { LimitResult, Setup } from './limits.ts';
import { mannWhitney } from './mann-whitney.ts';
import { withProbedServer } from './probed-server.ts';

const TRIES = 500;
/** Pairs before those that are measured. */
const WARM_UP = 50;
const LIMITS = { apart: 0.05, p: 0.01 };

type Requests = readonly [known: (index: number) => string, unknown: (index: number) => string];

/** Sends pairs of requests, one after the other, in random order within each pair. Every response must be 401. */
async function compare(ports: readonly number[], requests: Requests): Promise<{ text: string; same: boolean }> {
  const times: [number[], number[]] = [[], []];
  let [sentCount, sent, which] = [0, 0, 0];
  const workload: Workload = {
    next() {
      const pair = Math.floor(sentCount / 2);
      if (pair === WARM_UP + TRIES) return undefined;
      which = sentCount++ % 2 === 0 ? Math.round(Math.random()) : 1 - which;
      const request = requests[which]!(pair);
      sent = performance.now();
      return request;
    },
    accepts(_connection, status) {
      if (sentCount > 2 * WARM_UP) times[which]!.push(performance.now() - sent);
      return status === 401;
    },
  };
  const { failed, firstFailure } = await drive(ports, workload, { connections: 1, seconds: 600 });
  if (firstFailure !== undefined) console.error(firstFailure);
  const [known, unknown] = times.map(median) as [number, number];
  const apart = Math.abs(known / unknown - 1);
  const p = mannWhitney(...times);
  return {
    text: `${known.toFixed(2)} and ${unknown.toFixed(2)} ms (${(100 * apart).toFixed(1)} % apart, p = ${p.toFixed(2)})`,
    same:
      failed === 0 && times[0].length === TRIES && times[1].length === TRIES && apart <= LIMITS.apart && p > LIMITS.p,
  };
}

const WRONG_PASSWORD = 'a wrong password';

/** Submits the sign-in form for an existing and for an unknown account. */
async function signIns(ports: readonly number[]): Promise<Requests> {
  const browser = browserAt(ports);
  const page = await browser.get('/login');
  const fields = Object.fromEntries(page.forms[0]?.fields ?? []);
  const headers = { Cookie: cookiesOf(browser), Origin: ORIGIN };
  const at = (username: string) => postForm('/login', { ...fields, username, password: WRONG_PASSWORD }, headers);
  const name = (index: number) => USERNAMES[index % USERNAMES.length] ?? '';
  return [(index) => at(name(index)), (index) => at(name(index).replace('user', 'none'))];
}

/** An existing client with a wrong secret, and an unknown client. */
function clients(clientId: string): Requests {
  const at = (id: string) =>
    postForm('/oauth/token', { grant_type: 'client_credentials' }, basic(id, makeSecret('gcs')));
  const unknown = clientId.replaceAll(/[a-z]/g, (letter) =>
    letter === 'z' ? 'a' : String.fromCodePoint(letter.charCodeAt(0) + 1),
  );
  return [() => at(clientId), () => at(unknown)];
}

/** A rejection must take the same time for existing and for unknown names, so that it does not reveal which exist. */
export const timing = ({ postgres }: Setup): Promise<LimitResult> =>
  withProbedServer(postgres, 'T16', async ({ server }) => {
    const [client] = await postgres.runIn(server.database, ['SELECT client_id FROM clients']);
    const accounts = await compare(server.ports, await signIns(server.ports));
    const clientIds = await compare(server.ports, clients(String(client?.client_id)));
    return {
      measured: `accounts: ${accounts.text}; clients: ${clientIds.text}`,
      met: accounts.same && clientIds.same,
    };
  });
