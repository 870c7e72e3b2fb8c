import * as fc from 'fast-check';
import { parse } from 'graphql';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { AccessRule } from '../../../src/graphql/access/access.ts';
import { LIMITS } from '../../../src/graphql/access/limits.ts';
import { checkOperation } from '../../../src/graphql/access/operation-check.ts';
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
import { type GeneratedOperation, INHERITED_NAMES, operations } from '../../support/documents.ts';
import { startServer, type TestServer } from '../../support/server.ts';
import { validToken } from '../../support/valid-token.ts';
import { literals, type PopulatedDirectory, populateDirectory } from '../populated-directory.ts';
import { tableDigests } from '../table-digests.ts';

const SEED = 20_261_121;
const TYPE = 'application/graphql-response+json';
const RUNS = 10_000;

let server: TestServer;
let directory: PopulatedDirectory;
let actors: AccessToken[];
beforeAll(async () => {
  server = await startServer();
  directory = await populateDirectory(server);
  actors = await Promise.all(directory.tokens.map((token) => validToken(server, token)));
});
afterAll(() => server?.close());

/** A generated operation with the token of a caller. */
interface Attempt extends GeneratedOperation {
  readonly operation: Operation;
  readonly token: AccessToken;
}

const withScopes = (token: AccessToken, scopes: Iterable<string>): AccessToken => {
  const held = new Set(scopes);
  return { ...token, scopes: held, caller: { ...token.caller, scopes: held } };
};

const setsOf = (operation: Operation): BuiltInScope[][] => minimalScopeSets(walkOperation(operation).rules);

/** The scopes are sufficient, one too few, or arbitrary. */
const attempts = (): fc.Arbitrary<Attempt> =>
  fc
    .tuple(operations(schema, literals(directory)), fc.nat(), fc.nat(), fc.subarray(BUILT_IN_SCOPES))
    .map(([{ text, variables }, variant, actor, arbitrary]) => {
      const operation = { schema, document: parse(text), operationName: undefined, variables };
      const sets = setsOf(operation);
      const [sufficient = []] = sets.slice(variant % sets.length);
      const scopes = variant % 4 === 0 ? arbitrary : variant % 4 === 1 ? sufficient.slice(1) : sufficient;
      return { text, variables, operation, token: withScopes(actors[actor % actors.length]!, scopes) };
    });

const codeOf = (operation: Operation, token: AccessToken): unknown =>
  checkOperation(operation, { token, config: server.config }).refusal?.extensions.code;

/** Runs the attempts with the code of POST /graphql, `concurrency` at a time. */
async function runAll(attempts: readonly Attempt[], concurrency: number) {
  const lines: string[] = [];
  const log = makeLog('warn', { write: (line) => void lines.push(line) });
  const run = async (attempt: Attempt) => {
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
    const response = jsonResponse(result, TYPE, TYPE);
    return { attempt, status: response.status, body: JSON.parse(response.body) as Body };
  };
  const results = [];
  for (let at = 0; at < attempts.length; at += concurrency)
    results.push(...(await Promise.all(attempts.slice(at, at + concurrency).map(run))));
  expect(lines).toEqual([]);
  return results;
}

interface Body {
  readonly data?: unknown;
  readonly errors?: readonly { readonly path?: readonly string[]; readonly extensions: { readonly code: string } }[];
}

/** True if the error is at a root field whose resolver checks the owner, and so may refuse. */
function isOwnership({ attempt }: { attempt: Attempt }, path: readonly string[]): boolean {
  const [at = ''] = path;
  const { text } = attempt;
  const name = new RegExp(`\\b${at}: (\\w+)`).exec(text)?.[1] ?? at;
  const root = text.startsWith('query') ? schema.getQueryType() : schema.getMutationType();
  const rule = root?.getFields()[name]?.extensions.access as AccessRule | undefined;
  if (path.length !== 1 || rule === undefined) return false;
  return name === 'node' || (typeof rule === 'object' && rule.own === true);
}

describe(`The access check, with ${RUNS} generated documents`, () => {
  it('an admitted operation is not refused later for a scope or role, and a refused one changes no row', async () => {
    const all = fc.sample(attempts(), { numRuns: RUNS, seed: SEED });
    const refused = all.filter(({ operation, token }) => codeOf(operation, token) !== undefined);
    const admitted = all.filter(({ operation, token }) => codeOf(operation, token) === undefined);
    const codes = Object.groupBy(refused, ({ operation, token }) => String(codeOf(operation, token)));
    expect(admitted.length).toBeGreaterThan(RUNS / 4);
    expect(codes.INSUFFICIENT_SCOPE?.length).toBeGreaterThan(RUNS / 10);
    expect(codes.FORBIDDEN?.length).toBeGreaterThan(RUNS / 20);

    const before = await tableDigests(server.database);
    for (const { attempt, status, body } of await runAll(refused, 8)) {
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
    const read = await runAll(admitted.filter(isQuery), 8);
    const changed = await runAll(
      admitted.filter((attempt) => !isQuery(attempt)),
      1,
    );
    for (const result of [...read, ...changed]) {
      const { attempt, status, body } = result;
      expect([attempt.text, status]).toEqual([attempt.text, 200]);
      for (const { path = [], extensions } of body.errors ?? [])
        if (extensions.code !== 'FORBIDDEN' || !isOwnership(result, path))
          expect([attempt.text, path, extensions.code]).toEqual([
            attempt.text,
            path,
            expect.stringMatching(/^(BAD_USER_INPUT|NOT_FOUND)$/),
          ]);
    }
    expect(await tableDigests(server.database)).not.toEqual(before);
  }, 300_000);

  it('requiredScopes returns exactly the scopes without which the check refuses', () => {
    const missingScopes = (operation: Operation, scopes: Iterable<string>) => {
      const { refusal } = checkOperation(operation, { token: withScopes(actors[0]!, scopes), config: server.config });
      return (refusal?.extensions.missingScopes ?? []) as BuiltInScope[];
    };
    fc.assert(
      fc.property(attempts(), ({ operation, token }) => {
        fc.pre(walkOperation(operation).refusal === undefined);
        const sets = setsOf(operation);
        expect(sets.length).toBeLessThanOrEqual(16);
        for (const set of sets) {
          expect(missingScopes(operation, set)).toEqual([]);
          for (const scope of set)
            expect(
              missingScopes(
                operation,
                set.filter((one) => one !== scope),
              ),
            ).not.toEqual([]);
        }
        const missing = new Set(missingScopes(operation, token.scopes));
        const needed = sets.map((set) => new Set(set).difference(token.scopes));
        expect(needed.some((scopes) => scopes.symmetricDifference(missing).size === 0)).toBe(true);
      }),
      { numRuns: RUNS, seed: SEED },
    );
  }, 60_000);

  it('the cost of an operation does not depend on the names of its variables', () => {
    const renamed = (name: string) => (INHERITED_NAMES.some((inherited) => inherited === name) ? `n_${name}` : name);
    const costOf = (text: string, variables: Record<string, unknown>) => {
      const { cost, refusal } = walkOperation({ schema, document: parse(text), operationName: undefined, variables });
      return [cost, refusal?.message];
    };
    let unsent = 0;
    for (const { text, variables } of fc.sample(operations(schema, literals(directory)), {
      numRuns: RUNS,
      seed: SEED,
    })) {
      const names = Object.entries(variables).map(([name, value]) => [renamed(name), value]);
      const other = text.replaceAll(/\$(\w+)/g, (_all, name: string) => `$${renamed(name)}`);
      if (/: Int[,)]/.test(text)) unsent += 1;
      expect([text, ...costOf(text, variables)]).toEqual([text, ...costOf(other, Object.fromEntries(names))]);
    }
    expect(unsent).toBeGreaterThan(RUNS / 20);
  }, 60_000);

  it('requiredScopes of the API returns the same sets with variables, and sufficient ones without', () => {
    for (const { text, variables, operation } of fc.sample(attempts(), { numRuns: RUNS / 20, seed: SEED })) {
      if (walkOperation(operation).refusal) continue;
      const query = { document: text, operationName: undefined };
      expect(requiredScopes(schema, { ...query, variables })).toEqual(setsOf(operation));
      for (const set of requiredScopes(schema, { ...query, variables: undefined }))
        expect(codeOf(operation, withScopes(actors[0]!, set))).toBeUndefined();
    }
  });
});

it('the generator draws only valid node ids', () => {
  expect(directory.ids.every((id) => findNodeId(id))).toBe(true);
});
