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

describe('the shell blocks of the README and the tutorial, pasted one after the other', () => {
  let database: TestDatabase;
  // biome-ignore lint/suspicious/noExplicitAny: what the commands print
  let answers: any[];
  let addresses: string[];

  beforeAll(async () => {
    database = await emptyDatabase();
    const port = await freePort();
    const script = `set -euo pipefail\n${blocks
      .join('\n')
      .replaceAll('localhost:4400', `localhost:${port}`)
      .replace('./data/demo', database.env.DATA_DIR ?? 'not-used-with-a-DATABASE_URL')}`;
    ({ answers, addresses } = await paste(script, { ...database.env, PORT: String(port), LOG_LEVEL: 'silent' }));
  }, 120_000);
  afterAll(() => database?.remove());

  it('S0-07, S0-10: an app signs a person in and gets tokens for the code', () => {
    expect(new URL(addresses[0] ?? '').searchParams.get('redirect_uri')).toBe('http://127.0.0.1:8000/noexist/callback');
    expect(Object.keys(answers[0]).sort()).toEqual([
      'access_token',
      'expires_in',
      'refresh_token',
      'scope',
      'token_type',
    ]);
    expect(answers[0]).toMatchObject({ token_type: 'Bearer', expires_in: 3600, scope: 'read write' });
  });

  it('S0-17: the same app acts for itself', () => {
    expect(answers[1]).toMatchObject({ token_type: 'Bearer', scope: 'read write' });
    expect(answers[1]).not.toHaveProperty('refresh_token');
  });

  it('S1-11, S1-13: a trusted app manages users and groups', () => {
    expect(answers[2].data.users.nodes.map(({ username }: { username: string }) => username).sort()).toEqual([
      'admin',
      'testuser',
    ]);
    expect(answers[3].data.createUser).toMatchObject({ user: { username: 'foo' }, errors: [] });
    expect(answers[4].data.createGroup).toMatchObject({ group: { name: 'Helpers' }, errors: [] });
  });

  it('S1-18, S1-19, S4-08: a token that may only read is told what it lacks', () => {
    expect(answers[5].data.users.nodes).toHaveLength(3);
    expect(answers[6]).not.toHaveProperty('data');
    expect(answers[6].errors[0]).toMatchObject({
      message: 'You do not have permission to perform this action',
      extensions: { code: 'INSUFFICIENT_SCOPE', missingScopes: ['groups'], grantedScopes: ['read'] },
    });
  });

  it('S2-06, S2-08: multipart, and who is there', () =>
    expect(answers[7].data.viewer).toMatchObject({ username: 'testuser', id: expect.stringMatching(/^usr_/) }));

  it('S3-03, S3-05, S3-08: yes, and a refresh', () => {
    expect(new URL(addresses[1] ?? '').searchParams.get('state')).toBe('somestate');
    expect(answers[8]).toHaveProperty('refresh_token');
    expect(answers[9]).toHaveProperty('refresh_token');
    expect(answers[9].refresh_token).not.toBe(answers[8].refresh_token);
  });

  it('S4-02: credentials in the body, sign-in by e-mail address', () => {
    expect(answers[10]).toMatchObject({ scope: 'read', token_type: 'Bearer', expires_in: 3600 });
    expect(answers).toHaveLength(11);
  });
});

/** Runs the script as a person would, who opens each printed address in a browser and types the code; then ends what it started. */
async function paste(script: string, env: Record<string, string>) {
  const answers: unknown[] = [];
  const addresses: string[] = [];
  // A process group of its own: the server that the script leaves running ends with it.
  const shell = spawn('bash', ['-c', script], { env: { ...process.env, ...env }, detached: true });
  const ended = new Promise<number | null>((resolve) => shell.once('exit', resolve));
  let complaints = '';
  shell.stderr.on('data', (chunk: Buffer) => (complaints += chunk.toString()));
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
      if (json.startsWith('{')) answers.push(JSON.parse(json));
    }
  });
  const code = await ended;
  process.kill(-(shell.pid ?? 0), 'SIGTERM');
  await new Promise((resolve) => shell.once('close', resolve));
  if (code !== 0) throw new Error(`The script ended with ${code}:\n${complaints}\n${JSON.stringify(answers)}`);
  return { answers, addresses };
}
