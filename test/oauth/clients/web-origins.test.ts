import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { Migration20261121000016 } from '../../../migrations/Migration20261121000016.ts';
import { isRegisteredOrigin, webOriginsOf } from '../../../src/oauth/clients/web-origins.ts';
import { updateClient } from '../../../src/oauth/registration/update.ts';
import { statement } from '../../../src/store/connection/sql.ts';
import { theOperator } from '../../support/fixtures.ts';
import { startServer, type TestServer } from '../../support/server.ts';

describe('webOriginsOf', () => {
  it.each([
    ['https://app.example/cb', ['https://app.example']],
    ['https://App.Example:443/cb?x=1', ['https://app.example']],
    ['https://app.example:8443/cb', ['https://app.example:8443']],
    ['https://app.example?x=1', ['https://app.example']],
    ['http://localhost:5173/callback', ['http://localhost:5173']],
    ['http://127.0.0.1:8000/cb', ['http://127.0.0.1']],
    ['http://[::1]/cb', ['http://[::1]']],
    ['com.example.app:/cb', []],
    ['/graphiql/callback', []],
  ])('the web origins of %s are derived from the redirect URI', (uri, origins) => {
    expect(webOriginsOf([uri, uri])).toEqual(origins);
  });
});

describe('Registered web origins', () => {
  let server: TestServer;
  beforeAll(async () => {
    server = await startServer();
  });
  afterAll(() => server.close());

  it('K211: an origin is registered while an enabled client has a redirect URI there', async () => {
    const { sql } = server.database;
    const { clientId } = await server.client({ redirectUris: ['https://spa.example/cb', 'http://127.0.0.1/cb'] });
    const change = (changes: object) => updateClient(server.database.em(), theOperator(), clientId, changes);
    const registered = () =>
      Promise.all(
        ['https://spa.example', 'https://moved.example', 'http://127.0.0.1:5173'].map((at) =>
          isRegisteredOrigin(sql, at),
        ),
      );
    expect(await registered()).toEqual([true, false, true]);
    await change({ redirectUris: ['https://moved.example/cb'] });
    expect(await registered()).toEqual([false, true, false]);
    await change({ disabled: true });
    expect(await registered()).toEqual([false, false, false]);
  });

  it.each([
    'null',
    '*',
    'https://spa.example/',
    'https://SPA.example',
    'https://spa.example:443',
    'x',
    '',
    'https://evil',
  ])('K211: %s is not a registered origin', async (origin) => {
    await server.client({ redirectUris: ['https://spa.example/cb'] });
    expect(await isRegisteredOrigin(server.database.sql, origin)).toBe(false);
  });

  it('the migration computes the same origins as the code', async () => {
    const uris = [
      ...['https://App.Example:443/cb', 'https://app.example:8443?x=1', 'http://127.0.0.1:8000/cb', 'http://[::1]:99/'],
      ...['http://localhost:5173/callback', 'com.example.app:/cb'],
    ];
    const { clientId } = await server.client({ redirectUris: uris });
    const em = server.database.em();
    const stored = async () =>
      (await em.execute('SELECT web_origins FROM clients WHERE client_id = ?', [clientId]))[0]?.web_origins.sort();
    const made = await stored();
    await em.execute(`UPDATE clients SET web_origins = '{}'`);

    const statements: string[] = [];
    Migration20261121000016.prototype.up.call({ addSql: (text: string) => void statements.push(text) });
    await server.database.sql(statement('backfill', statements[1] ?? ''), []);
    expect(made).toHaveLength(5);
    expect(await stored()).toEqual(made);
  });
});
