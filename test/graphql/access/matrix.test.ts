import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { BUILT_IN_SCOPES } from '../../../src/oauth/scopes/scope.ts';
import { addressOf, subscribe } from '../../support/event-stream.ts';
import { unique } from '../../support/fixtures.ts';
import type { TestResponse } from '../../support/send.ts';
import { startServer, type TestServer } from '../../support/server.ts';
import { type Actor, type ActorName, castOf, type Role, SCOPE_SETS, WHO } from './matrix-cast.ts';
import { type DeclaredRule, rootFields } from './printed-rules.ts';
import { documentOf, fieldsWithArguments, type Target } from './root-field-documents.ts';

type Outcome = 'YES' | 'INSUFFICIENT_SCOPE' | 'FORBIDDEN' | 'FORBIDDEN BY THE OWNER' | 'UNAUTHENTICATED';

/** The permission that each root field requires, besides scopes; `own`: or ownership of the object. */
const PERMISSIONS: Record<string, string> = {
  'user users node(User) group groups node(Group)': 'READ_DIRECTORY',
  'createUser deleteUser': 'MANAGE_USERS',
  'updateUser setPassword revokeAuthorization revokeToken': 'MANAGE_USERS, own',
  'createGroup updateGroup deleteGroup addGroupMember removeGroupMember': 'MANAGE_GROUPS',
  'createScope deleteScope approveClient': 'MANAGE_CLIENTS',
  'client clients node(Client) registerClient updateClient rotateClientSecret deleteClient': 'MANAGE_CLIENTS, own',
  'auditEvent auditEvents node(AuditEvent)': 'READ_AUDIT, own',
  'viewer scopes token requiredScopes': '',
};

/** Lists return only the caller's own objects, and a new client belongs to the caller. */
const ALWAYS_OWN = ['auditEvent', 'auditEvents', 'clients', 'registerClient'];

const hasScopes = ({ scopes }: DeclaredRule, granted: readonly string[]): boolean =>
  scopes.some((list) => list.every((scope) => granted.includes(scope)));

/** The outcome that the declared rule predicts. */
function expected(rule: DeclaredRule, name: ActorName, granted: readonly string[], own: boolean): Outcome {
  const { superuser, permissions, person, disabled }: Role = WHO[name];
  if (disabled) return 'UNAUTHENTICATED';
  if (!hasScopes(rule, granted)) return 'INSUFFICIENT_SCOPE';
  if (rule.permission === undefined || superuser || permissions.some((held) => held === rule.permission)) return 'YES';
  if (!rule.own || !person) return 'FORBIDDEN';
  return own ? 'YES' : 'FORBIDDEN BY THE OWNER';
}

/** The outcome of a response. Checks that a refusal is reported in the status, the header and the body. */
function outcome(field: string, rule: DeclaredRule, { status, headers, body }: TestResponse): Outcome {
  const root = field.replace(/\(.*/, '');
  if (status === 200 && body.errors) {
    expect(body).toMatchObject({ data: { [root]: null }, errors: [{ path: [root] }] });
    expect(body.errors[0].extensions.code).toBe('FORBIDDEN');
    return 'FORBIDDEN BY THE OWNER';
  }
  if (status === 200) return 'YES';
  expect(body).not.toHaveProperty('data');
  const { code, requiredScopes } = body.errors[0].extensions;
  expect(status).toBe(code === 'UNAUTHENTICATED' ? 401 : 403);
  if (code === 'INSUFFICIENT_SCOPE') {
    expect(rule.scopes).toContainEqual(requiredScopes);
    expect(headers.get('WWW-Authenticate')).toContain(`scope="${requiredScopes.join(' ')}"`);
  }
  return code;
}

let server: TestServer;
let cast: ReadonlyMap<ActorName, Actor>;
let foreign: Target;
let group: string;
beforeAll(async () => {
  server = await startServer({ RATE_LIMITS: 'off' });
  ({ cast, foreign, group } = await castOf(server));
});
afterAll(() => server?.close());

/** Starts a subscription and returns its response; one that starts counts as successful. */
async function startSubscription(document: string, token: string): Promise<TestResponse> {
  const stream = await subscribe(addressOf(server), token, document);
  const { status, headers } = stream;
  const fields = new Headers({ 'WWW-Authenticate': headers['www-authenticate'] ?? '' });
  if (status === 200) {
    stream.close();
    return { status, headers: fields, body: { data: { auditEvent: {} } } };
  }
  await stream.ended;
  return { status, headers: fields, body: (await stream.next()) ?? JSON.parse(stream.text) };
}

async function outcomesOf(
  field: string,
  rule: DeclaredRule,
  name: ActorName,
  own: boolean,
): Promise<Record<string, Outcome>> {
  const actor = cast.get(name) as Actor;
  const subject = { target: own ? actor.own : foreign, doomed: own ? actor.ownDoomed : actor.doomed, group };
  const outcomes: Record<string, Outcome> = {};
  let done = false;
  for (const [scopes, token] of actor.tokens) {
    const document = documentOf(field, { ...subject, fresh: () => unique('fresh') });
    const response = await (document.startsWith('subscription') ? startSubscription : server.graphql)(document, token);
    const actual = outcome(field, rule, response);
    outcomes[scopes] = actual;
    if (actual !== 'YES') continue;
    // A service has no viewer. Only the first token can delete the object, so later payloads have an error.
    const result = response.body.data[field.replace(/\(.*/, '')];
    expect([field, result === null]).toEqual([field, field === 'viewer' && !WHO[name].person]);
    if (!done && field !== 'setPassword') expect(result?.errors ?? []).toEqual([]);
    done = true;
  }
  return outcomes;
}

const CASES = [...rootFields].flatMap(([field, rule]) =>
  (Object.keys(WHO) as ActorName[]).flatMap((name) =>
    [true, false]
      .filter((own) => own || (rule.own && !ALWAYS_OWN.includes(field)))
      .map((own) => ({ field, rule, name, own, whose: own ? 'their own' : 'a foreign' })),
  ),
);

describe('S1-08 S1-09 S1-10 access to every root field, by caller and scopes', () => {
  it('the test has arguments for every root field', () => {
    expect([...fieldsWithArguments].sort()).toEqual([...rootFields.keys()].sort());
  });

  it('the schema prints the intended permission of every root field', () => {
    const intended = Object.entries(PERMISSIONS).flatMap(([fields, words]) =>
      fields.split(' ').map((field) => [field, words] as const),
    );
    const declared = [...rootFields].map(
      ([field, { permission, own }]) => [field, `${permission ?? ''}${own ? ', own' : ''}`] as const,
    );
    expect(Object.fromEntries(declared)).toEqual(Object.fromEntries(intended));
  });

  it('the test uses no scope, each scope, all but each, and all', () => {
    const count = BUILT_IN_SCOPES.length;
    expect(SCOPE_SETS.map(({ length }) => length).sort((a, b) => a - b)).toEqual([
      ...[0, ...Array.from({ length: count }, () => 1)],
      ...[...Array.from({ length: count }, () => count - 1), count],
    ]);
  });

  it.each(CASES)(
    'access of a $name to $field follows the rule for $whose object',
    async ({ field, rule, name, own }) => {
      const sets = [...(cast.get(name) as Actor).tokens.keys()];
      const predicted = sets.map((scopes) => [scopes, expected(rule, name, scopes.split(' '), own)]);
      expect(await outcomesOf(field, rule, name, own)).toEqual(Object.fromEntries(predicted));
    },
  );
});
