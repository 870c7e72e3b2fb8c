import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { BUILT_IN_SCOPES } from '../../../src/oauth/scopes/scope.ts';
import { addressOf, subscribe } from '../../support/event-stream.ts';
import { unique } from '../../support/fixtures.ts';
import type { Answer } from '../../support/send.ts';
import { startServer, type TestServer } from '../../support/server.ts';
import { type Actor, type ActorName, castOf, type Role, SCOPE_SETS, WHO } from './matrix-cast.ts';
import { type DeclaredRule, rootFields } from './printed-rules.ts';
import { documentOf, fieldsWithArguments, type Target } from './root-field-documents.ts';

type Outcome = 'YES' | 'INSUFFICIENT_SCOPE' | 'FORBIDDEN' | 'FORBIDDEN BY THE OWNER' | 'UNAUTHENTICATED';

/** What design says a field takes beside scopes; `own`: or that the thing is one's own. */
const PERMISSIONS: Record<string, string> = {
  'user users node(User) group groups node(Group)': 'READ_DIRECTORY',
  'createUser deleteUser': 'MANAGE_USERS',
  'updateUser setPassword revokeAuthorization revokeToken': 'MANAGE_USERS, own',
  'createGroup updateGroup deleteGroup addGroupMember removeGroupMember': 'MANAGE_GROUPS',
  'createScope deleteScope': 'MANAGE_CLIENTS',
  'client clients node(Client) registerClient updateClient rotateClientSecret deleteClient': 'MANAGE_CLIENTS, own',
  'auditEvent auditEvents node(AuditEvent)': 'READ_AUDIT, own',
  'viewer scopes token requiredScopes': '',
};

/** Lists have no owner: everybody gets what is theirs. A new client is its maker's. */
const OF_NOBODY_ELSE = ['auditEvent', 'auditEvents', 'clients', 'registerClient'];

const opens = ({ scopes }: DeclaredRule, granted: readonly string[]): boolean =>
  scopes.some((list) => list.every((scope) => granted.includes(scope)));

/** What the declared rule says of this caller, this token and this target. */
function expected(rule: DeclaredRule, name: ActorName, granted: readonly string[], own: boolean): Outcome {
  const { superuser, permissions, person, disabled }: Role = WHO[name];
  if (disabled) return 'UNAUTHENTICATED';
  if (!opens(rule, granted)) return 'INSUFFICIENT_SCOPE';
  if (rule.permission === undefined || superuser || permissions.some((held) => held === rule.permission)) return 'YES';
  if (!rule.own || !person) return 'FORBIDDEN';
  return own ? 'YES' : 'FORBIDDEN BY THE OWNER';
}

/** What the answer says; a refusal says it in every place where it has to. */
function outcome(field: string, rule: DeclaredRule, { status, headers, body }: Answer): Outcome {
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

/** A subscription, as an answer: one that begins is as good as answered. */
async function begin(document: string, token: string): Promise<Answer> {
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

async function tried(
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
    const answer = await (document.startsWith('subscription') ? begin : server.graphql)(document, token);
    const said = outcome(field, rule, answer);
    outcomes[scopes] = said;
    if (said !== 'YES') continue;
    // A service speaks for nobody. Later on the doomed are gone, and a mutation says so.
    const result = answer.body.data[field.replace(/\(.*/, '')];
    expect([field, result === null]).toEqual([field, field === 'viewer' && !WHO[name].person]);
    if (!done && field !== 'setPassword') expect(result?.errors ?? []).toEqual([]);
    done = true;
  }
  return outcomes;
}

const CASES = [...rootFields].flatMap(([field, rule]) =>
  (Object.keys(WHO) as ActorName[]).flatMap((name) =>
    [true, false]
      .filter((own) => own || (rule.own && !OF_NOBODY_ELSE.includes(field)))
      .map((own) => ({ field, rule, name, own, whose: own ? 'their own' : "somebody else's" })),
  ),
);

describe('S1-08 S1-09 S1-10 every root field for everybody with every set of scopes', () => {
  it('knows the arguments of every root field there is, and of no other', () => {
    expect([...fieldsWithArguments].sort()).toEqual([...rootFields.keys()].sort());
  });

  it('has the permissions of the design printed in the schema', () => {
    const designed = Object.entries(PERMISSIONS).flatMap(([fields, words]) =>
      fields.split(' ').map((field) => [field, words] as const),
    );
    const told = [...rootFields].map(
      ([field, { permission, own }]) => [field, `${permission ?? ''}${own ? ', own' : ''}`] as const,
    );
    expect(Object.fromEntries(told)).toEqual(Object.fromEntries(designed));
  });

  it('tries no scope, each one, all but each one, and all', () => {
    const count = BUILT_IN_SCOPES.length;
    expect(SCOPE_SETS.map(({ length }) => length).sort((a, b) => a - b)).toEqual([
      ...[0, ...Array.from({ length: count }, () => 1)],
      ...[...Array.from({ length: count }, () => count - 1), count],
    ]);
  });

  it.each(CASES)('$field, $name, $whose', async ({ field, rule, name, own }) => {
    const sets = [...(cast.get(name) as Actor).tokens.keys()];
    const wanted = sets.map((scopes) => [scopes, expected(rule, name, scopes.split(' '), own)]);
    expect(await tried(field, rule, name, own)).toEqual(Object.fromEntries(wanted));
  });
});
