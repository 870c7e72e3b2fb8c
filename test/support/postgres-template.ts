import { randomBytes } from 'node:crypto';
import type { TestProject } from 'vitest/node';
import { loadConfig } from '../../src/config.ts';
import { openDatabase, startDatabase } from './administered.ts';
import { databaseUrl, SECRET_KEY } from './database.ts';
import { type PostgresServer, startPostgres } from './postgres.ts';

/** Makes one migrated database, as a first start does; each test server starts on a copy. */
export async function setup(project: TestProject): Promise<() => Promise<void>> {
  const given = process.env.TEST_DATABASE_URL;
  const server = given ? { url: given, stop: async () => {} } : await startPostgres();
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
  const template = `gatehouse_template_${randomBytes(6).toString('hex')}`;
  const admin = await openDatabase({ url: server.url });
  await admin.em().execute(`CREATE DATABASE ${template}`);
  const { close } = await startDatabase(loadConfig({ DATABASE_URL: databaseUrl(server.url, template), SECRET_KEY }));
  await close();
  project.provide('databases', { kind: 'postgres', template, url: server.url });
  return async () => {
    await admin.em().execute(`DROP DATABASE ${template} WITH (FORCE)`);
    await admin.close();
    await server.stop();
  };
}
