import { spawn } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { createInterface } from 'node:readline';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { Browser } from './support/browser.ts';
import { emptyDatabase, type TestDatabase } from './support/database.ts';
import { freePort } from './support/postgres.ts';
import { send } from './support/send.ts';

const pages = ['README.md', 'docs/tutorial.md'].map((file) => readFileSync(file, 'utf8'));
const blocks = [...pages.join('\n').matchAll(/^```sh\n([\s\S]*?)^```$/gm)].map(([, block = '']) => block);

/** Opens the printed address as the reader of the tutorial does, and returns the code. */
async function signInAndAllow(address: string): Promise<string> {
  const { origin, host } = new URL(address);
  const browser = new Browser(origin, (path, init) => send(origin, host, path, init));
  const login = await browser.get(address);
  const consent = await browser.submit(login, { username: 'testuser', password: 'testpassword' });
  const { location = '' } = await browser.submit(consent, {}, 'allow');
  return new URL(location).searchParams.get('code') ?? `no code at ${location}`;
}

describe('The shell blocks of the README and the tutorial, pasted one after the other', () => {
  let database: TestDatabase;
  // biome-ignore lint/suspicious/noExplicitAny: the output of the commands
  let responses: any[];
  let addresses: string[];

  beforeAll(async () => {
    database = await emptyDatabase();
    const port = await freePort();
    const script = `set -euo pipefail\n${blocks
      .join('\n')
      .replaceAll('localhost:4400', `localhost:${port}`)
      .replace('./data/demo', database.env.DATA_DIR ?? 'not-used-with-a-DATABASE_URL')}`;
    ({ responses, addresses } = await paste(script, { ...database.env, PORT: String(port), LOG_LEVEL: 'silent' }));
  }, 120_000);
  afterAll(() => database?.remove());

  it('S0-07, S0-10: an app signs a user in and gets tokens for the code', () => {
    expect(new URL(addresses[0] ?? '').searchParams.get('redirect_uri')).toBe('http://127.0.0.1:8000/noexist/callback');
    expect(Object.keys(responses[0]).sort()).toEqual([
      'access_token',
      'expires_in',
      'refresh_token',
      'scope',
      'token_type',
    ]);
    expect(responses[0]).toMatchObject({ token_type: 'Bearer', expires_in: 3600, scope: 'read write' });
  });

  it('S0-17: the same app uses client credentials', () => {
    expect(responses[1]).toMatchObject({ token_type: 'Bearer', scope: 'read write' });
    expect(responses[1]).not.toHaveProperty('refresh_token');
  });

  it('S1-11, S1-13: a trusted app manages users and groups', () => {
    expect(responses[2].data.users.nodes.map(({ username }: { username: string }) => username).sort()).toEqual([
      'admin',
      'testuser',
    ]);
    expect(responses[3].data.createUser).toMatchObject({ user: { username: 'foo' }, errors: [] });
    expect(responses[4].data.createGroup).toMatchObject({ group: { name: 'Helpers' }, errors: [] });
  });

  it('S1-18, S1-19, S4-08: a read-only token gets the list of missing scopes', () => {
    expect(responses[5].data.users.nodes).toHaveLength(3);
    expect(responses[6]).not.toHaveProperty('data');
    expect(responses[6].errors[0]).toMatchObject({
      message: 'You do not have permission to perform this action',
      extensions: { code: 'INSUFFICIENT_SCOPE', missingScopes: ['groups'], grantedScopes: ['read'] },
    });
  });

  it('S2-06, S2-08: a multipart request gets a token that identifies the user', () =>
    expect(responses[7].data.viewer).toMatchObject({ username: 'testuser', sub: expect.stringMatching(/^usr_/) }));

  it('S3-03, S3-05, S3-08: the user allows the demo client, which refreshes its tokens', () => {
    expect(new URL(addresses[1] ?? '').searchParams.get('state')).toBe('somestate');
    expect(responses[8]).toHaveProperty('refresh_token');
    expect(responses[9]).toHaveProperty('refresh_token');
    expect(responses[9].refresh_token).not.toBe(responses[8].refresh_token);
  });

  it('S4-02: the credentials can be in the body, and the user signs in by email address', () => {
    expect(responses[10]).toMatchObject({ scope: 'read', token_type: 'Bearer', expires_in: 3600 });
    expect(responses).toHaveLength(11);
  });
});

/** Runs the script, opens each printed address in a browser and types the code. Then stops what the script has started. */
async function paste(script: string, env: Record<string, string>) {
  const responses: unknown[] = [];
  const addresses: string[] = [];
  // A separate process group, so that the server started by the script can be stopped.
  const shell = spawn('bash', ['-c', script], { env: { ...process.env, ...env }, detached: true });
  const ended = new Promise<number | null>((resolve) => shell.once('exit', resolve));
  let errors = '';
  shell.stderr.on('data', (chunk: Buffer) => (errors += chunk.toString()));
  const lines = createInterface(shell.stdout);
  lines.on('line', (line) => {
    if (line.startsWith('http://localhost')) {
      addresses.push(line);
      signInAndAllow(line).then(
        (code) => shell.stdin.write(`${code}\n`),
        (error) => shell.kill() && lines.emit('error', error),
      );
    } else {
      const json = line.replace(/^(code: )+/, '');
      if (json.startsWith('{')) responses.push(JSON.parse(json));
    }
  });
  const code = await ended;
  process.kill(-(shell.pid ?? 0), 'SIGTERM');
  await new Promise((resolve) => shell.once('close', resolve));
  if (code !== 0) throw new Error(`The script ended with ${code}:\n${errors}\n${JSON.stringify(responses)}`);
  return { responses, addresses };
}
