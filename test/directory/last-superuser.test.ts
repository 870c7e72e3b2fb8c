import { afterAll, beforeEach, describe, expect, it } from 'vitest';
import type { Actor } from '../../src/directory/actor.ts';
import { deleteUser } from '../../src/directory/delete-user.ts';
import { registerUser } from '../../src/directory/register-user.ts';
import { updateUser } from '../../src/directory/update-user.ts';
import { User } from '../../src/store/entities/user.ts';
import { theOperator, unique } from '../support/fixtures.ts';
import { startServer, type TestServer } from '../support/server.ts';

let server: TestServer;
beforeEach(async () => {
  await server?.close();
  server = await startServer();
});
afterAll(() => server?.close());

const em = () => server.database.em();
const make = async () => (await registerUser(em(), theOperator(), { username: unique('root'), superuser: true })).id;
const left = () => em().count(User, { superuser: true, disabled: false });

const WAYS: Record<string, (actor: Actor, id: string) => Promise<unknown>> = {
  deleted: (actor, id) => deleteUser(em(), actor, id),
  disabled: (actor, id) => updateUser(em(), actor, id, { disabled: true }),
  demoted: (actor, id) => updateUser(em(), actor, id, { superuser: false }),
};

describe('The last superuser', () => {
  it.each(Object.keys(WAYS))('after one of two superusers was %s, the last one cannot be removed', async (way) => {
    const [first, last] = [await make(), await make()];
    await WAYS[way]!(theOperator(), first);
    for (const attempt of Object.values(WAYS))
      await expect(attempt(theOperator(), last)).rejects.toMatchObject({ code: 'INVALID', path: ['id'] });
    expect(await left()).toBe(1);
  });

  it('superusers who cannot sign in do not count', async () => {
    const [first, last] = [await make(), await make()];
    await updateUser(em(), theOperator(), first, { disabled: true });
    await expect(deleteUser(em(), theOperator(), last)).rejects.toMatchObject({ code: 'INVALID' });
    await deleteUser(em(), theOperator(), first);
    expect(await left()).toBe(1);
  });

  it('one superuser remains when all remove each other at once, in any way', async () => {
    const ids = await Promise.all(Array.from({ length: 6 }, make));
    const ways = Object.values(WAYS);
    const outcomes = await Promise.allSettled(ids.map((id, at) => ways[at % ways.length]!(theOperator(), id)));
    expect(outcomes.filter(({ status }) => status === 'rejected')).toHaveLength(1);
    expect(await left()).toBe(1);
  });
});
