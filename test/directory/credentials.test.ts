import { hash } from '@node-rs/argon2';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { checkCredentials, findAccount } from '../../src/directory/credentials.ts';
import { User } from '../../src/store/entities/user.ts';
import { type TestUser, unique } from '../support/fixtures.ts';
import { sharedServer, type TestServer } from '../support/server.ts';

let server: TestServer;
let user: TestUser;
beforeAll(async () => {
  server = await sharedServer();
  user = await server.user();
});
afterAll(() => server?.close());

const check = async (identifier: string, password: string) =>
  checkCredentials(server.database.sql, await findAccount(server.database.sql, identifier), password);

describe('checkCredentials', () => {
  it('a user can sign in with their username or email address in any case and Unicode form', async () => {
    const found = { id: user.uuid, passwordHash: expect.stringMatching(/^\$argon2id\$/) };
    const wide = [...user.username].map((letter) =>
      /[a-z]/.test(letter) ? String.fromCodePoint((letter.codePointAt(0) ?? 0) + 0xfee0) : letter,
    );
    for (const identifier of [
      user.username,
      user.username.toUpperCase(),
      wide.join(''),
      user.email,
      user.email.toUpperCase(),
    ])
      expect(await check(identifier, user.password), identifier).toEqual(found);
  });

  it('an identifier with @ is only looked up as an email address', async () => {
    expect(await check(`${user.username}@`, user.password)).toBeUndefined();
    expect(await check(user.email.replace('@', '＠'), user.password)).toMatchObject({ id: user.uuid });
  });

  it('181 every byte of a password counts, and all Unicode forms of a letter are equal', async () => {
    const long = `${'x'.repeat(72)}é 🙂`;
    const { username } = await server.user({ password: long });
    expect(await check(username, long)).toBeDefined();
    expect(await check(username, long.normalize('NFD'))).toBeDefined();
    expect(await check(username, 'x'.repeat(72))).toBeUndefined();
    expect(await check(username, `${'x'.repeat(72)}e 🙂`)).toBeUndefined();
  });

  it('182 impossible identifiers and passwords are rejected without an error', async () => {
    for (const identifier of ['', ' ', 'a\0b', '\ud800', 'x'.repeat(100_000), "' OR 1=1; --"])
      expect(await check(identifier, user.password)).toBeUndefined();
    for (const password of ['', 'a\0b', '\ud800', 'x'.repeat(1025), 'x'.repeat(1_000_000)])
      expect(await check(user.username, password)).toBeUndefined();
  });

  it('disabled users and users without a password are rejected', async () => {
    const disabled = await server.user();
    const em = server.database.em();
    await em.nativeUpdate(User, { id: disabled.uuid }, { disabled: true });
    expect(await check(disabled.username, disabled.password)).toBeUndefined();
    const withoutPassword = await server.user();
    await em.nativeUpdate(User, { id: withoutPassword.uuid }, { passwordHash: null });
    for (const password of ['', withoutPassword.password, 'another password'])
      expect(await check(withoutPassword.username, password)).toBeUndefined();
  });

  it('S1-21 an unknown user takes as long as a known one', async () => {
    const measure = async (identifier: string) => {
      const times: number[] = [];
      for (let round = 0; round < 7; round += 1) {
        const started = process.hrtime.bigint();
        await check(identifier, 'not the password');
        times.push(Number(process.hrtime.bigint() - started) / 1e6);
      }
      return times.sort((a, b) => a - b)[3] ?? 0;
    };
    const [unknown, known] = [await measure(unique('unknown')), await measure(user.username)];
    expect(unknown / known).toBeGreaterThan(0.4);
    expect(unknown / known).toBeLessThan(2.5);
  });

  it('187 an outdated hash is replaced at the next successful sign-in', async () => {
    const old = await server.user();
    const em = server.database.em();
    const weak = await hash(old.password, { memoryCost: 4096, timeCost: 1, parallelism: 1 });
    await em.nativeUpdate(User, { id: old.uuid }, { passwordHash: weak });
    const stored = async () => (await server.database.em().findOneOrFail(User, old.uuid)).passwordHash;
    expect(await check(old.username, 'wrong password')).toBeUndefined();
    expect(await stored()).toBe(weak);
    expect(await check(old.username, old.password)).toBeDefined();
    expect(await stored()).toMatch(/^\$argon2id\$v=19\$m=19456,t=2,p=1\$/);
    expect(await check(old.username, old.password)).toBeDefined();
  });
});
