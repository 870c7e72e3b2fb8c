import { randomBytes, randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { statement } from '../../src/store/connection/sql.ts';
import { type Issue, issueDirectly } from '../../src/store/issue-tokens.ts';
import { startServer, type TestServer } from '../support/server.ts';

let server: TestServer;
let client: string;
beforeAll(async () => {
  server = await startServer();
  const { clientId } = await server.client();
  client = await rowOf(clientId);
});
afterAll(() => server.close());

const rowOf = async (clientId: string): Promise<string> => {
  const query = statement<{ id: string }>('test-client-row', 'SELECT id FROM clients WHERE client_id = $1');
  return (await server.database.sql(query, [clientId]))[0]?.id ?? '';
};

const newIssue = (scopes: string[] = ['read']): Issue => {
  const now = new Date();
  const expiresAt = new Date(now.getTime() + 60_000);
  return { scopes, resources: [], now, access: { digest: randomBytes(32), expiresAt }, refresh: undefined };
};

const issue = (of: string, tokens: Issue): Promise<boolean> => {
  const { expiresAt } = tokens.access;
  return issueDirectly(
    server.database.sql,
    { client: { id: of, tokensSince: undefined }, user: undefined, expiresAt },
    tokens,
  );
};

/** The stored scopes of each token and of its authorization. */
async function stored(issues: readonly Issue[]) {
  const query = statement<{ digest: Buffer; scopes: string[]; granted: string[]; grant_type: string }>(
    'test-issued-tokens',
    `SELECT t.digest, t.scopes, a.scopes AS granted, a.grant_type FROM access_tokens t
     JOIN authorizations a ON a.id = t.authorization_id WHERE t.digest = ANY ($1::bytea[])`,
  );
  const rows = await server.database.sql(query, [issues.map(({ access }) => access.digest)]);
  return issues.map(({ access }) => {
    const found = rows.filter(({ digest }) => Buffer.from(digest).equals(access.digest));
    return found.map(({ scopes, granted, grant_type: grantType }) => ({ scopes, granted, grantType }));
  });
}

const written = (scopes: string[]) => [{ scopes, granted: scopes, grantType: 'client_credentials' }];

describe('Tokens of many clients in one statement', () => {
  it('each token is written with its own scopes', async () => {
    const issues = [['read'], ['read', 'write'], [], ['groups']].map((scopes) => newIssue(scopes));
    expect(await Promise.all(issues.map((one) => issue(client, one)))).toEqual([true, true, true, true]);
    expect(await stored(issues)).toEqual(issues.map(({ scopes }) => written([...scopes])));
  });

  it('only the request of a deleted client is rejected', async () => {
    const issues = Array.from({ length: 20 }, () => newIssue());
    const results = await Promise.all(issues.map((one, index) => issue(index === 7 ? randomUUID() : client, one)));
    expect(results).toEqual(issues.map((_, index) => index !== 7));
    expect(await stored(issues)).toEqual(issues.map((_, index) => (index === 7 ? [] : written(['read']))));
  });

  it('a row that the database rejects fails alone, and the others are written once', async () => {
    const first = newIssue();
    const issues = Array.from({ length: 20 }, (_, index) =>
      index === 7 ? { ...newIssue(), access: first.access } : newIssue(),
    );
    await issue(client, first);
    const results = await Promise.allSettled(issues.map((one) => issue(client, one)));
    expect(results.map(({ status }) => status)).toEqual(
      issues.map((_, index) => (index === 7 ? 'rejected' : 'fulfilled')),
    );
    expect(await stored(issues)).toEqual(issues.map(() => written(['read'])));
  });
});
