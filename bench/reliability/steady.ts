import type { Measured } from '../load/drive.ts';
import type { Operation } from '../peers/measured-server.ts';
import { ms } from '../report/format.ts';
import type { LimitResult, Setup } from './limits.ts';
import { send, withProbedServer, workloadFor } from './probed-server.ts';

/** A rate that a server on two cores must sustain, and its latency limit. */
interface Rate {
  readonly operation: Operation;
  /** Requests a second. */
  readonly rate: number;
  readonly connections: number;
  /** Milliseconds. */
  readonly p99: number;
}

export const RATES = {
  T1: { operation: 'client_credentials', rate: 240, connections: 32, p99: 100 },
  T2: { operation: 'refresh', rate: 240, connections: 64, p99: 100 },
  T3: { operation: 'codeFlow', rate: 60, connections: 32, p99: 250 },
  T5: { operation: 'introspection', rate: 1500, connections: 32, p99: 30 },
  T6: { operation: 'viewer', rate: 800, connections: 32, p99: 60 },
} as const satisfies Record<string, Rate>;

export const SIGN_INS = { operation: 'password', rate: 30, connections: 32 } as const;
/** The load during sign-ins, at half the rate of T1. */
export const BESIDE = { ...RATES.T1, rate: RATES.T1.rate / 2 };
const STATEMENTS = 3;
const BURST = { connections: 64, seconds: 5 };
/** Limit of the event loop delay, in milliseconds. */
export const LAG = 50;

/** A rate counts as sustained with 2 % tolerance, because the run ends a little after the last request was due. */
const borne = ({ failed, perSecond }: Measured, rate: number): boolean => failed === 0 && perSecond >= 0.98 * rate;

const told = ({ perSecond, p99, failed }: Measured): string =>
  `${perSecond.toFixed(0)}/s, p99 ${ms(p99)}${failed === 0 ? '' : `, ${failed} failed`}`;

/** Measures the required rate, and then the maximum rate for a sixth of the time. */
export function steady(target: keyof typeof RATES): (setup: Setup) => Promise<LimitResult> {
  const { operation, rate, connections, p99 } = RATES[target];
  return ({ postgres, seconds }) =>
    withProbedServer(postgres, target, async (probed) => {
      const workload = await workloadFor(probed, operation, connections);
      await send(probed, workload, { connections, seconds: 2, rate });
      const before = await postgres.counters(probed.server.database);
      const measured = await send(probed, workload, { connections, seconds, rate });
      const after = await postgres.counters(probed.server.database);
      const statements = (after.statements - before.statements) / measured.responses;
      const most = await send(probed, workload, { connections, seconds: seconds / 6 });
      const { now } = probed.memory();
      return {
        measured: `${told(measured)}, ${statements.toFixed(2)} statements; maximum ${told(most)}; ${now.toFixed(0)} MB`,
        met:
          borne(measured, rate) &&
          most.failed === 0 &&
          measured.p99 <= p99 &&
          (operation !== 'viewer' || statements <= STATEMENTS),
        ...probed.tally,
      };
    });
}

/** Password sign-ins together with client_credentials, and then a burst of sign-ins. */
export const signIns = ({ postgres, seconds }: Setup): Promise<LimitResult> =>
  withProbedServer(postgres, 'T4', async (probed) => {
    const signingIn = await workloadFor(probed, SIGN_INS.operation, SIGN_INS.connections);
    const credentials = await workloadFor(probed, BESIDE.operation, BESIDE.connections);
    const [people, clients] = await Promise.all([
      send(probed, signingIn, { ...SIGN_INS, seconds }),
      send(probed, credentials, { ...BESIDE, seconds }),
    ]);
    await probed.lag();
    const burst = await send(probed, await workloadFor(probed, SIGN_INS.operation, BURST.connections, true), BURST);
    const lag = await probed.lag();
    return {
      measured: `sign-ins ${told(people)}; with client_credentials ${told(clients)}; burst of ${BURST.connections}: ${told(burst)}, event loop delay ${ms(lag.p99)} (p99; maximum ${ms(lag.max)})`,
      met:
        borne(people, SIGN_INS.rate) &&
        borne(clients, BESIDE.rate) &&
        clients.p99 <= BESIDE.p99 &&
        burst.failed === 0 &&
        lag.p99 <= LAG,
      ...probed.tally,
    };
  });
