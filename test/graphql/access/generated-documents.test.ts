import * as fc from 'fast-check';
import { parse } from 'graphql';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { AccessRule } from '../../../src/graphql/access/access.ts';
import { checkOperation } from '../../../src/graphql/access/operation-check.ts';
import { LIMITS } from '../../../src/graphql/access/operation-limits.ts';
import { type Operation, walkOperation } from '../../../src/graphql/access/operation-walk.ts';
import { minimalScopeSets, requiredScopes } from '../../../src/graphql/access/required-scopes.ts';
import type { Context } from '../../../src/graphql/context.ts';
import { executeRequest } from '../../../src/graphql/execution/execute-request.ts';
import { findNodeId } from '../../../src/graphql/node-id.ts';
import { schema } from '../../../src/graphql/schema.ts';
import { parseGraphQLBody } from '../../../src/http/graphql/body.ts';
import { jsonResponse } from '../../../src/http/graphql/response.ts';
import { makeLog } from '../../../src/log.ts';
import { BUILT_IN_SCOPES, type BuiltInScope } from '../../../src/oauth/scopes/scope.ts';
import type { AccessToken } from '../../../src/oauth/tokens/bearer.ts';
import { noRateLimits } from '../../../src/store/rate-limits.ts';
import { type GeneratedOperation, operations } from '../../support/documents.ts';
import { liveToken } from '../../support/live-token.ts';
import { startServer, type TestServer } from '../../support/server.ts';
import { type Inhabited, inhabit, literals } from '../populated-directory.ts';
import { tableDigests } from '../table-digests.ts';

const SEED = 20_261_121;
const TYPE = 'application/graphql-response+json';
const RUNS = 10_000;

let server: TestServer;
let inhabited: Inhabited;
let actors: AccessToken[];
beforeAll(async () => {
  server = await startServer();
  inhabited = await inhabit(server);
  actors = await Promise.all(inhabited.tokens.map((token) => liveToken(server, token)));
});
afterAll(() => server?.close());

/** A generated operation, who asks, and with which scopes. */
interface Attempt extends GeneratedOperation {
  readonly operation: Operation;
  readonly token: AccessToken;
}

const withScopes = (token: AccessToken, scopes: Iterable<string>): AccessToken => {
  const held = new Set(scopes);
  return { ...token, scopes: held, caller: { ...token.caller, scopes: held } };
};

const setsOf = (operation: Operation): BuiltInScope[][] => minimalScopeSets(walkOperation(operation).rules);

/** By turns: just what it takes, one scope less, or anything. */
const attempts = (): fc.Arbitrary<Attempt> =>
  fc
    .tuple(operations(schema, literals(inhabited)), fc.nat(), fc.nat(), fc.subarray(BUILT_IN_SCOPES))
    .map(([{ text, variables }, how, who, any]) => {
      const operation = { schema, document: parse(text), operationName: undefined, variables };
      const sets = setsOf(operation);
      const [enough = []] = sets.slice(how % sets.length);
      const scopes = how % 4 === 0 ? any : how % 4 === 1 ? enough.slice(1) : enough;
      return { text, variables, operation, token: withScopes(actors[who % actors.length]!, scopes) };
    });

const codeOf = (operation: Operation, token: AccessToken): unknown =>
  checkOperation(operation, { token, config: server.config }).refusal?.extensions.code;

/** Through the engine that also answers over HTTP, so many at a time. */
async function answers(asked: readonly Attempt[], atOnce: number) {
  const lines: string[] = [];
  const log = makeLog('warn', { write: (line) => void lines.push(line) });
  const answer = async (attempt: Attempt) => {
    const { database, config } = server;
    const context: Omit<Context, 'live'> = {
      em: () => database.em(),
      sql: database.sql,
      now: new Date(),
      config,
      limits: noRateLimits,
      origin: { ip: undefined, requestId: undefined },
      token: attempt.token,
      deadline: AbortSignal.timeout(LIMITS.milliseconds),
      disconnected: () => new AbortController().signal,
      deliverLogoutTokens: () => undefined,
    };
    const body = parseGraphQLBody(JSON.stringify({ query: attempt.text, variables: attempt.variables }));
    const result = (await executeRequest(body, context as Context, log)) ?? {};
    const told = jsonResponse(result, TYPE, TYPE);
    return { attempt, status: told.status, body: JSON.parse(told.body) as Body };
  };
  const told = [];
  for (let at = 0; at < asked.length; at += atOnce)
    told.push(...(await Promise.all(asked.slice(at, at + atOnce).map(answer))));
  expect(lines).toEqual([]);
  return told;
}

interface Body {
  readonly data?: unknown;
  readonly errors?: readonly { readonly path?: readonly string[]; readonly extensions: { readonly code: string } }[];
}

/** The root field that an error stands at is one where ownership decides, so that the resolver may refuse. */
function isOwnership({ attempt }: { attempt: Attempt }, path: readonly string[]): boolean {
  const [at = ''] = path;
  const { text } = attempt;
  const name = new RegExp(`\\b${at}: (\\w+)`).exec(text)?.[1] ?? at;
  const root = text.startsWith('query') ? schema.getQueryType() : schema.getMutationType();
  const rule = root?.getFields()[name]?.extensions.access as AccessRule | undefined;
  if (path.length !== 1 || rule === undefined) return false;
  return name === 'node' || (typeof rule === 'object' && rule.own === true);
}

describe(`${RUNS} generated documents`, () => {
  it('of which none that is admitted is refused for scope or role later on, and none that is refused changes a row', async () => {
    const all = fc.sample(attempts(), { numRuns: RUNS, seed: SEED });
    const refused = all.filter(({ operation, token }) => codeOf(operation, token) !== undefined);
    const admitted = all.filter(({ operation, token }) => codeOf(operation, token) === undefined);
    const codes = Object.groupBy(refused, ({ operation, token }) => String(codeOf(operation, token)));
    expect(admitted.length).toBeGreaterThan(RUNS / 4);
    expect(codes.INSUFFICIENT_SCOPE?.length).toBeGreaterThan(RUNS / 10);
    expect(codes.FORBIDDEN?.length).toBeGreaterThan(RUNS / 20);

    const before = await tableDigests(server.database);
    for (const { attempt, status, body } of await answers(refused, 8)) {
      const code = codeOf(attempt.operation, attempt.token);
      expect([attempt.text, status, body.errors?.map(({ extensions }) => extensions.code), 'data' in body]).toEqual([
        attempt.text,
        code === 'LIMIT_EXCEEDED' ? 400 : 403,
        [code],
        false,
      ]);
    }
    expect(await tableDigests(server.database)).toEqual(before);

    const isQuery = ({ text }: Attempt) => text.startsWith('query');
    const read = await answers(admitted.filter(isQuery), 8);
    const changed = await answers(
      admitted.filter((attempt) => !isQuery(attempt)),
      1,
    );
    for (const answer of [...read, ...changed]) {
      const { attempt, status, body } = answer;
      expect([attempt.text, status]).toEqual([attempt.text, 200]);
      for (const { path = [], extensions } of body.errors ?? [])
        if (extensions.code !== 'FORBIDDEN' || !isOwnership(answer, path))
          expect([attempt.text, path, extensions.code]).toEqual([
            attempt.text,
            path,
            expect.stringMatching(/^(BAD_USER_INPUT|NOT_FOUND)$/),
          ]);
    }
    expect(await tableDigests(server.database)).not.toEqual(before);
  }, 300_000);

  it('for which requiredScopes names exactly what was missing', () => {
    const decided = (operation: Operation, scopes: Iterable<string>) => {
      const { refusal } = checkOperation(operation, { token: withScopes(actors[0]!, scopes), config: server.config });
      return (refusal?.extensions.missingScopes ?? []) as BuiltInScope[];
    };
    fc.assert(
      fc.property(attempts(), ({ operation, token }) => {
        fc.pre(walkOperation(operation).refusal === undefined);
        const sets = setsOf(operation);
        expect(sets.length).toBeLessThanOrEqual(16);
        for (const set of sets) {
          expect(decided(operation, set)).toEqual([]);
          for (const scope of set)
            expect(
              decided(
                operation,
                set.filter((one) => one !== scope),
              ),
            ).not.toEqual([]);
        }
        const missing = new Set(decided(operation, token.scopes));
        const wants = sets.map((set) => new Set(set).difference(token.scopes));
        expect(wants.some((want) => want.symmetricDifference(missing).size === 0)).toBe(true);
      }),
      { numRuns: RUNS, seed: SEED },
    );
  }, 60_000);

  it('for which the answer of the API is the same, told the variables, and never less without them', () => {
    for (const { text, variables, operation } of fc.sample(attempts(), { numRuns: RUNS / 20, seed: SEED })) {
      if (walkOperation(operation).refusal) continue;
      const asked = { document: text, operationName: undefined };
      expect(requiredScopes(schema, { ...asked, variables })).toEqual(setsOf(operation));
      for (const set of requiredScopes(schema, { ...asked, variables: undefined }))
        expect(codeOf(operation, withScopes(actors[0]!, set))).toBeUndefined();
    }
  });
});

it('knows whose ids it draws', () => {
  expect(inhabited.ids.every((id) => findNodeId(id))).toBe(true);
});
