import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { emptyDatabase, migratedDatabase, type TestDatabase } from '../support/database.ts';
import { finish, type GatehouseProcess, gatehouse, startServerProcess } from '../support/process.ts';
import { startServer } from '../support/server.ts';

let home: TestDatabase;
let processes: GatehouseProcess[];
beforeEach(async () => {
  home = await migratedDatabase();
  processes = [];
});
afterEach(async () => {
  for (const { kill } of processes) kill('SIGKILL');
  await Promise.all(processes.map(({ exit }) => exit));
  await home.remove();
});

function serve(env: Record<string, string> = {}): GatehouseProcess {
  const process = startServerProcess({ ...home.env, ...env });
  processes.push(process);
  return process;
}

describe('S1-02: one command starts the server', () => {
  it('the server migrates an empty database and prints its address and a set-up link that works once', async () => {
    const empty = await emptyDatabase();
    const server = await startServer({}, empty);
    const [, link = ''] = /Set-up: {4}(\S+)\n/.exec(server.printed) ?? [];
    expect(server.printed).toContain(
      `Gatehouse is ready at ${server.config.issuer}\n  GraphiQL:  ${server.config.issuer}/graphiql\n`,
    );

    const browser = server.browser();
    const form = await browser.get(link);
    expect(form.url).toBe(`${server.config.issuer}/setup`);
    const boss = { username: 'boss', password: 'correct horse', repeated: 'correct horse' };
    const done = await browser.submit(form, boss);
    expect(done).toMatchObject({ status: 200, url: `${server.config.issuer}/login` });
    const client = await server.client();
    expect(
      await server.token({ grant_type: 'password', username: 'boss', password: 'correct horse' }, client),
    ).toMatchObject({ status: 200 });

    expect(await server.browser().get(link)).toMatchObject({ status: 400 });
    expect(await browser.get(link)).toMatchObject({ status: 400 });
    await server.close();
    await empty.remove();
  });

  it('the set-up link is never logged, and is not printed once an administrator exists', async () => {
    const server = await startServer({ LOG_LEVEL: 'debug' }, home);
    const [, ticket = ''] = /ticket=(\S+)/.exec(server.printed) ?? [];
    const browser = server.browser();
    await browser.submit(await browser.get(`/setup?ticket=${ticket}`), {
      username: 'boss',
      password: 'correct horse',
      repeated: 'correct horse',
    });
    expect(ticket).toHaveLength(43);
    expect(server.log.join('')).not.toContain(ticket);
    await server.close();

    const next = await startServer({}, home);
    expect(next.printed).not.toContain('setup');
    await next.close();
  });

  it('ADMIN_USERNAME creates the first administrator, at the first start only', async () => {
    const env = { ADMIN_USERNAME: 'root', ADMIN_PASSWORD: 'first password' };
    const first = await startServer(env, home);
    expect(first.printed).not.toContain('setup');
    await first.close();

    const server = await startServer({ ...env, ADMIN_PASSWORD: 'second password' }, home);
    const client = await server.client();
    const signIn = (password: string) => server.token({ grant_type: 'password', username: 'root', password }, client);
    expect(await signIn('first password')).toMatchObject({ status: 200 });
    expect(await signIn('second password')).toMatchObject({ status: 400, body: { error: 'invalid_grant' } });
    await server.close();
  });

  it('an invalid ADMIN_USERNAME is reported', async () => {
    const env = { ADMIN_USERNAME: 'root@example.com', ADMIN_PASSWORD: 'long enough' };
    await expect(startServer(env, home)).rejects.toThrow(
      'ADMIN_USERNAME, ADMIN_PASSWORD: A username cannot contain @.',
    );
  });
});

describe('A start that fails', () => {
  it('every configuration error is reported at once', async () => {
    const { code, stdout, stderr } = await finish(serve({ PORT: 'x', LOG_LEVEL: 'loud' }));

    expect({ code, stdout }).toEqual({ code: 1, stdout: '' });
    expect(stderr).toMatch(/^Invalid configuration:\n {2}PORT .*\n {2}LOG_LEVEL .*\n$/);
  });

  it('a port in use is reported', async () => {
    const other = createServer();
    await new Promise<void>((resolve) => void other.listen(0, '127.0.0.1', resolve));
    const { port } = other.address() as AddressInfo;
    const { code, stderr } = await finish(serve({ PORT: String(port) }));

    expect(code).toBe(1);
    expect(stderr).toBe(`127.0.0.1:${port} is in use by another program. Stop that program or set another PORT.\n`);
    await new Promise((resolve) => other.close(resolve));
  });

  it('an inspector in NODE_OPTIONS is refused in production', async () => {
    const { code, stdout, stderr } = await finish(
      serve({ NODE_ENV: 'production', NODE_OPTIONS: '--inspect=127.0.0.1:0' }),
    );

    expect({ code, stdout }).toEqual({ code: 1, stdout: '' });
    expect(stderr).toContain('The Node.js inspector is enabled');
  });

  it('S4-03: a public http issuer is refused; INSECURE_HTTP=1 allows it and logs a warning at every start', async () => {
    const refused = await finish(serve({ ISSUER: 'http://id.example.com' }));
    expect(refused).toMatchObject({ code: 1, stdout: '' });
    expect(refused.stderr).toContain('ISSUER must be https unless it is a loopback address');

    for (const env of [{ LOG_LEVEL: 'debug' }, {}]) {
      const server = await startServer({ ISSUER: 'http://id.example.com', INSECURE_HTTP: '1', ...env }, home);
      expect(server.log.join('')).toContain('INSECURE_HTTP=1');
      await server.close();
    }
  });

  it('demo passwords on a public issuer are refused until they are changed', async () => {
    await gatehouse(['seed'], home.env);
    const isPublic = { ISSUER: 'https://id.example.com' };
    await expect(startServer(isPublic, home)).rejects.toThrow(
      /in use by admin, testuser, testclient\. They are not allowed on https:\/\/id\.example\.com/,
    );

    const server = await startServer({}, home);
    await server.database.em().execute("UPDATE users SET password_hash = NULL WHERE username IN ('admin', 'testuser')");
    await server.close();
    await expect(startServer(isPublic, home)).rejects.toThrow(/in use by testclient\. /);

    await gatehouse(['client', 'rotate-secret', 'testclient', '--overlap', '0'], home.env);
    await (await startServer(isPublic, home)).close();
  });

  it('an unreachable database is reported without the password', async () => {
    const env = { DATABASE_URL: 'postgres://me:hunter2@127.0.0.1:1/x', SECRET_KEY: 'k'.repeat(32) };
    const { code, stdout, stderr } = await finish(startServerProcess(env));

    expect({ code, stdout }).toEqual({ code: 1, stdout: '' });
    expect(stderr).toMatch(/^The database cannot be reached: .*\n$/);
    expect(stderr).not.toContain('hunter2');
  });
});
