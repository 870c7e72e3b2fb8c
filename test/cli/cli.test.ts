import { generateKeyPairSync } from 'node:crypto';
import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { migratedDatabase, type TestDatabase } from '../support/database.ts';
import { type Ended, gatehouse } from '../support/process.ts';
import { startServer } from '../support/server.ts';

let home: TestDatabase;
beforeAll(async () => {
  home = await migratedDatabase();
});
afterAll(() => home.remove());

const cli = (line: string, stdin?: string): Promise<Ended> => gatehouse(line.split(' '), home.env, stdin);
const json = ({ stdout }: Ended) => JSON.parse(stdout);

describe('S0-01: user create', () => {
  it('the command creates an administrator from username, email and password, without a terminal', async () => {
    const made = await cli(
      'user create --username boss --email boss@example.com --superuser --password-stdin --json',
      'correct horse\n',
    );
    expect(made).toMatchObject({ code: 0, stderr: '' });
    expect(json(made)).toEqual({
      id: expect.stringMatching(/^usr_[a-z2-7]{26}$/),
      username: 'boss',
      email: 'boss@example.com',
      superuser: true,
    });

    const server = await startServer({}, home);
    expect(server.printed).not.toContain('setup');
    const client = await server.client();
    expect(
      await server.token({ grant_type: 'password', username: 'boss', password: 'correct horse' }, client),
    ).toMatchObject({ status: 200 });
    await server.close();
  });

  it('the output names the new user and never contains the password', async () => {
    const made = await cli('user create --username carol --password-stdin', 'correct horse');

    expect(made).toMatchObject({ code: 0, stderr: '' });
    expect(made.stdout).toMatch(/^Created user carol \(usr_[a-z2-7]{26}\)\n$/);
  });

  it('the command exits with 1 and prints a validation error as text or JSON', async () => {
    const short = await cli('user create --username dave --password-stdin', 'bar');
    expect(short).toEqual({ code: 1, stdout: '', stderr: 'A password needs at least 8 characters\n' });

    const taken = await cli('user create --username CAROL --password-stdin --json', 'correct horse');
    expect(taken).toMatchObject({ code: 1, stdout: '' });
    expect(JSON.parse(taken.stderr)).toEqual({
      error: { code: 'TAKEN', message: expect.any(String), path: ['username'] },
    });
  });

  it('without a terminal the command names the option that reads the password from stdin', async () => {
    const made = await cli('user create --username erin');

    expect(made).toMatchObject({ code: 2, stdout: '' });
    expect(made.stderr).toContain('--password-stdin');
  });

  it('no flag takes the password, because every user of the machine can read flags', async () => {
    const made = await cli('user create --username erin --password correct-horse');

    expect(made).toMatchObject({ code: 2, stdout: '' });
    expect(made.stderr).toContain("unknown option '--password'");
  });
});

describe('S0-04, S0-06: client create', () => {
  it('the command registers clients for authorization code and client credentials, and shows each secret once', async () => {
    const uri = 'http://127.0.0.1:8000/noexist/callback';
    const shop = json(
      await cli(`client create --name Shop --grant-type authorization_code refresh_token --redirect-uri ${uri} --json`),
    );
    const nightly = json(
      await cli(
        'client create --name Nightly --grant-type client_credentials --scope read --permission READ_DIRECTORY --json',
      ),
    );
    for (const made of [shop, nightly])
      expect(made).toEqual({
        client_id: expect.stringMatching(/^[A-Za-z0-9]{40}$/),
        client_secret: expect.stringMatching(/^gcs_[0-9A-Za-z]{49}$/),
      });

    const server = await startServer({}, home);
    const basic = { clientId: nightly.client_id, secret: nightly.client_secret };
    expect(await server.token({ grant_type: 'client_credentials' }, basic)).toMatchObject({
      status: 200,
      body: { scope: 'read' },
    });
    expect(
      JSON.stringify(await server.database.em().execute('SELECT client_secrets::text FROM client_secrets')),
    ).not.toContain(basic.secret);
    await server.close();
  });

  it('a public client gets no secret', async () => {
    const made = await cli(
      'client create --name Phone --grant-type authorization_code --redirect-uri com.example.app:/cb --public',
    );

    expect(made).toMatchObject({
      code: 0,
      stderr: '',
      stdout: expect.stringMatching(/^client_id: {5}[A-Za-z0-9]{40}\n$/),
    });
  });

  it('a client with its own keys gets no secret', async () => {
    const { publicKey } = generateKeyPairSync('ed25519');
    const file = join(mkdtempSync(join(tmpdir(), 'gatehouse-keys-')), 'jwks.json');
    const create = `client create --name Signs --grant-type client_credentials --jwks ${file} --json`;
    expect(await cli(`${create} --public`)).toMatchObject({
      code: 1,
      stderr: expect.stringContaining('cannot be combined'),
    });
    writeFileSync(file, 'no JSON');
    expect(await cli(create)).toMatchObject({ code: 1, stderr: expect.stringContaining('is not JSON') });
    writeFileSync(file, JSON.stringify({ keys: [publicKey.export({ format: 'jwk' })] }));
    expect(json(await cli(create))).toEqual({ client_id: expect.any(String) });
  });

  it('an existing client can be imported, with its secret read from standard input', async () => {
    const secret = 'the secret it has had for years, %+&';
    const made = await cli(
      'client create --name Old --grant-type client_credentials --scope read --id legacy --secret-stdin --json',
      secret,
    );
    expect(json(made)).toEqual({ client_id: 'legacy', client_secret: secret });

    const server = await startServer({}, home);
    expect(
      await server.token({ grant_type: 'client_credentials', client_id: 'legacy', client_secret: secret }),
    ).toMatchObject({ status: 200 });
    await server.close();
  });

  it('an unknown grant type is refused with a list of the known ones', async () => {
    const made = await cli('client create --name X --grant-type device_code');

    expect(made).toMatchObject({ code: 2, stdout: '' });
    expect(made.stderr).toMatch(/Allowed choices are authorization_code, .*refresh_token/);
  });
});

describe('client rotate-secret', () => {
  it('the command creates a new secret, and the earlier one expires after the overlap', async () => {
    const { client_id, client_secret } = json(
      await cli('client create --name R --grant-type client_credentials --scope read --json'),
    );
    const kept = json(await cli(`client rotate-secret ${client_id} --overlap 3600 --json`));
    const last = json(await cli(`client rotate-secret ${client_id} --overlap 0 --label third --json`));
    expect(new Set([client_secret, kept.client_secret, last.client_secret]).size).toBe(3);

    const server = await startServer({}, home);
    const statusOf = async (secret: string) =>
      (await server.token({ grant_type: 'client_credentials' }, { clientId: client_id, secret })).status;
    expect([
      await statusOf(client_secret),
      await statusOf(kept.client_secret),
      await statusOf(last.client_secret),
    ]).toEqual([401, 401, 200]);
    await server.close();
  });

  it('the command exits with 1 for an unknown client and with 2 for invalid options', async () => {
    expect(await cli('client rotate-secret nobody')).toEqual({
      code: 1,
      stdout: '',
      stderr: 'There is no such client\n',
    });
    expect(await cli('client rotate-secret nobody --overlap soon')).toMatchObject({ code: 2, stdout: '' });
  });
});

describe('scope create', () => {
  it('the command creates a scope that clients can request', async () => {
    const made = await gatehouse(
      ['scope', 'create', 'invoices:read', '--description', 'See your invoices', '--json'],
      home.env,
    );
    expect(json(made)).toEqual({ name: 'invoices:read', description: 'See your invoices' });

    const client = await cli('client create --name I --grant-type client_credentials --scope invoices:read --json');
    expect(client.code).toBe(0);
    expect(await gatehouse(['scope', 'create', 'read', '--description', 'x'], home.env)).toMatchObject({
      code: 1,
      stdout: '',
    });
  });
});
