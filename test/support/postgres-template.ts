import { randomBytes } from 'node:crypto';
import type { TestProject } from 'vitest/node';
import { loadConfig } from '../../src/config.ts';
import { databaseUrl, SECRET_KEY } from './database.ts';
import { openDatabase, startDatabase } from './database-with-em.ts';
import { type PostgresServer, startPostgres } from './postgres.ts';

/** Creates a migrated database. Each test database is a copy of it. */
export async function setup(project: TestProject): Promise<() => Promise<void>> {
  const given = process.env.TEST_DATABASE_URL;
  return setupOn(project, given ? { url: given, stop: async () => {} } : await startPostgres());
}

export async function setupOn(
  project: TestProject,
  server: Pick<PostgresServer, 'url' | 'stop'>,
): Promise<() => Promise<void>> {
  try {
    return await makeTemplate(project, server);
  } catch (error) {
    await server.stop();
    throw error;
  }
}

async function makeTemplate(
  project: TestProject,
  server: Pick<PostgresServer, 'url' | 'stop'>,
): Promise<() => Promise<void>> {
  const prefix = `gatehouse_test_${randomBytes(6).toString('hex')}_`;
  const template = `${prefix}template`;
  const admin = await openDatabase({ url: server.url });
  await admin.em().execute(`CREATE DATABASE ${template}`);
  const { close } = await startDatabase(loadConfig({ DATABASE_URL: databaseUrl(server.url, template), SECRET_KEY }));
  await close();
  project.provide('databases', { kind: 'postgres', template, prefix, url: server.url });
  return async () => {
    const left = 'SELECT datname AS name FROM pg_database WHERE starts_with(datname, ?)';
    for (const { name } of await admin.em().execute<{ name: string }[]>(left, [prefix]))
      await admin.em().execute(`DROP DATABASE ${name} WITH (FORCE)`);
    await admin.close();
    await server.stop();
  };
}
