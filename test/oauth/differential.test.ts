import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { AUTHORIZE_CASES } from '../support/differential/authorize-cases.ts';
import { startBoth } from '../support/differential/both-servers.ts';
import { BROWSER_CASES } from '../support/differential/browser-cases.ts';
import { DIFFERS, type Difference } from '../support/differential/case.ts';
import { CLIENT_CASES } from '../support/differential/client-cases.ts';
import { CODE_CASES } from '../support/differential/code-cases.ts';
import { ENCODING_CASES } from '../support/differential/encoding-cases.ts';
import { ENDPOINT_CASES } from '../support/differential/endpoint-cases.ts';
import { GRANT_CASES } from '../support/differential/grant-cases.ts';
import { approve } from '../support/differential/requests.ts';
import { USERINFO_CASES } from '../support/differential/userinfo-cases.ts';
import { AUTHORIZE_DIFFERENCES } from './differential-authorize.ts';
import { CLIENT_DIFFERENCES } from './differential-clients.ts';
import { GRANT_DIFFERENCES } from './differential-grants.ts';

const CASES = [
  ...[
    AUTHORIZE_CASES,
    BROWSER_CASES,
    CODE_CASES,
    GRANT_CASES,
    ENCODING_CASES,
    CLIENT_CASES,
    ENDPOINT_CASES,
    USERINFO_CASES,
  ].flat(),
];
const DIFFERENCES = [...AUTHORIZE_DIFFERENCES, ...GRANT_DIFFERENCES, ...CLIENT_DIFFERENCES];
const explanations = new Map<string, Difference>(
  DIFFERENCES.flatMap((difference) => difference.cases.map((name) => [name, difference] as const)),
);

describe('The table of differences', () => {
  it('the table contains each case once and explains exactly the differing ones', () => {
    expect(CASES.length).toBeGreaterThan(400);
    expect(new Set(CASES.map(({ name }) => name)).size).toBe(CASES.length);
    const explained = DIFFERENCES.flatMap(({ cases }) => cases);
    const differing = CASES.filter(({ outcome }) => outcome === DIFFERS).map(({ name }) => name);
    expect(explained.toSorted()).toEqual(differing.toSorted());
  });

  it.each(DIFFERENCES)('each difference cites its source: $why', ({ why, ours, theirs }) => {
    expect(why).toMatch(/^(RFC \d+(bis)?|OpenID Connect Core 1\.0|OAuth 2\.0 [A-Z][A-Za-z ]+) (§|App\. )/);
    expect(ours).not.toBe(theirs);
  });
});

/** Where two independent servers respond differently to the same request, one of them may be wrong. */
describe('The same request to Gatehouse and to oidc-provider', () => {
  let both: Awaited<ReturnType<typeof startBoth>>;
  beforeAll(async () => {
    both = await startBoth();
    for (const subject of [both.ours, both.theirs])
      for (const client of ['web', 'page', 'native'] as const) await approve(subject, client);
  });
  afterAll(() => both.close());

  it.each(CASES)('$name', async ({ name, outcome, run }) => {
    const [ours, theirs] = [await run(both.ours), await run(both.theirs)];
    const expected = explanations.get(name) ?? { ours: outcome, theirs: outcome };
    expect({ ours, theirs }).toEqual({ ours: expected.ours, theirs: expected.theirs });
  });
});
