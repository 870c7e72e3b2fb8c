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
export const DURING_SIGN_INS = { ...RATES.T1, rate: RATES.T1.rate / 2 };
const MAX_STATEMENTS = 3;
const BURST = { connections: 64, seconds: 5 };
/** Limit of the event loop delay, in milliseconds. */
export const EVENT_LOOP_DELAY = 50;

/** A rate counts as sustained with 2 % tolerance, because the run ends a little after the last request was due. */
const isSustained = ({ failed, perSecond }: Measured, rate: number): boolean =>
  failed === 0 && perSecond >= 0.98 * rate;

const summary = ({ perSecond, p99, failed }: Measured): string =>
  `${perSecond.toFixed(0)}/s, p99 ${ms(p99)}${failed === 0 ? '' : `, ${failed} failed`}`;

/** Measures the required rate, and then the maximum rate for a sixth of the time. */
export function steady(id: keyof typeof RATES): (setup: Setup) => Promise<LimitResult> {
  const { operation, rate, connections, p99 } = RATES[id];
  return ({ postgres, seconds }) =>
    withProbedServer(postgres, id, async (probed) => {
      const workload = await workloadFor(probed, operation, connections);
      await send(probed, workload, { connections, seconds: 2, rate });
      const before = await postgres.counters(probed.server.database);
      const measured = await send(probed, workload, { connections, seconds, rate });
      const after = await postgres.counters(probed.server.database);
      const statements = (after.statements - before.statements) / measured.responses;
      const maximum = await send(probed, workload, { connections, seconds: seconds / 6 });
      const { now } = probed.memory();
      return {
        measured: `${summary(measured)}, ${statements.toFixed(2)} statements; maximum ${summary(maximum)}; ${now.toFixed(0)} MB`,
        met:
          isSustained(measured, rate) &&
          maximum.failed === 0 &&
          measured.p99 <= p99 &&
          (operation !== 'viewer' || statements <= MAX_STATEMENTS),
        ...probed.tally,
      };
    });
}

/** Password sign-ins together with client_credentials, and then a burst of sign-ins. */
export const signIns = ({ postgres, seconds }: Setup): Promise<LimitResult> =>
  withProbedServer(postgres, 'T4', async (probed) => {
    const signingIn = await workloadFor(probed, SIGN_INS.operation, SIGN_INS.connections);
    const credentials = await workloadFor(probed, DURING_SIGN_INS.operation, DURING_SIGN_INS.connections);
    const [signInResult, credentialsResult] = await Promise.all([
      send(probed, signingIn, { ...SIGN_INS, seconds }),
      send(probed, credentials, { ...DURING_SIGN_INS, seconds }),
    ]);
    await probed.lag();
    const burst = await send(probed, await workloadFor(probed, SIGN_INS.operation, BURST.connections, true), BURST);
    const lag = await probed.lag();
    return {
      measured: `sign-ins ${summary(signInResult)}; with client_credentials ${summary(credentialsResult)}; burst of ${BURST.connections}: ${summary(burst)}, event loop delay ${ms(lag.p99)} (p99; maximum ${ms(lag.max)})`,
      met:
        isSustained(signInResult, SIGN_INS.rate) &&
        isSustained(credentialsResult, DURING_SIGN_INS.rate) &&
        credentialsResult.p99 <= DURING_SIGN_INS.p99 &&
        burst.failed === 0 &&
        lag.p99 <= EVENT_LOOP_DELAY,
      ...probed.tally,
    };
  });
