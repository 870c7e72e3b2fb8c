import type { Measured } from '../load/drive.ts';
import type { Kind } from '../peers/measured-server.ts';
import { ms } from '../report/reliability-page.ts';
import type { Line, Stand } from './limits.ts';
import { atSite, offer, prepare } from './probed-server.ts';

/** What a server on two cores must bear, and how soon it must have answered all but a hundredth of it. */
interface Rate {
  readonly kind: Kind;
  /** A second. */
  readonly rate: number;
  readonly connections: number;
  /** Milliseconds. */
  readonly p99: number;
}

export const RATES = {
  T1: { kind: 'client_credentials', rate: 240, connections: 32, p99: 100 },
  T2: { kind: 'refresh', rate: 240, connections: 64, p99: 100 },
  T3: { kind: 'codeFlow', rate: 60, connections: 32, p99: 250 },
  T5: { kind: 'introspection', rate: 1500, connections: 32, p99: 30 },
  T6: { kind: 'viewer', rate: 800, connections: 32, p99: 60 },
} as const satisfies Record<string, Rate>;

export const SIGN_INS = { kind: 'password', rate: 30, connections: 32 } as const;
/** Asked for beside them, at half the rate of T1. */
export const BESIDE = { ...RATES.T1, rate: RATES.T1.rate / 2 };
const STATEMENTS = 3;
const BURST = { connections: 64, seconds: 5 };
/** Milliseconds that the event loop may be late. */
export const LAG = 50;

/** A rate counts as borne when no more is missing than the last requests, which nobody waited for. */
const borne = ({ failed, perSecond }: Measured, rate: number): boolean => failed === 0 && perSecond >= 0.98 * rate;

const told = ({ perSecond, p99, failed }: Measured): string =>
  `${perSecond.toFixed(0)}/s, p99 ${ms(p99)}${failed === 0 ? '' : `, ${failed} failed`}`;

/** At the rate it must bear, and for a sixth of the time as many as it can answer. */
export function steady(target: keyof typeof RATES): (stand: Stand) => Promise<Line> {
  const { kind, rate, connections, p99 } = RATES[target];
  return ({ administration, seconds }) =>
    atSite(administration, target, async (site) => {
      const work = await prepare(site, kind, connections);
      await offer(site, work, { connections, seconds: 2, rate });
      const before = await administration.count(site.server.database);
      const measured = await offer(site, work, { connections, seconds, rate });
      const after = await administration.count(site.server.database);
      const statements = (after.statements - before.statements) / measured.responses;
      const most = await offer(site, work, { connections, seconds: seconds / 6 });
      const { now } = site.memory();
      return {
        seen: `${told(measured)}, ${statements.toFixed(2)} statements; at most ${told(most)}; ${now.toFixed(0)} MB`,
        reached:
          borne(measured, rate) &&
          most.failed === 0 &&
          measured.p99 <= p99 &&
          (kind !== 'viewer' || statements <= STATEMENTS),
        ...site.tally,
      };
    });
}

/** People sign in while clients get tokens; then as many sign in at once as will. */
export const signIns = ({ administration, seconds }: Stand): Promise<Line> =>
  atSite(administration, 'T4', async (site) => {
    const signingIn = await prepare(site, SIGN_INS.kind, SIGN_INS.connections);
    const credentials = await prepare(site, BESIDE.kind, BESIDE.connections);
    const [people, clients] = await Promise.all([
      offer(site, signingIn, { ...SIGN_INS, seconds }),
      offer(site, credentials, { ...BESIDE, seconds }),
    ]);
    await site.lag();
    const burst = await offer(site, await prepare(site, SIGN_INS.kind, BURST.connections, true), BURST);
    const lag = await site.lag();
    return {
      seen: `sign-ins ${told(people)}; beside them client_credentials ${told(clients)}; burst of ${BURST.connections}: ${told(burst)}, event loop late by ${ms(lag.p99)} (p99; at most ${ms(lag.max)})`,
      reached:
        borne(people, SIGN_INS.rate) &&
        borne(clients, BESIDE.rate) &&
        clients.p99 <= BESIDE.p99 &&
        burst.failed === 0 &&
        lag.p99 <= LAG,
      ...site.tally,
    };
  });
