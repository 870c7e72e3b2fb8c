import { describe, expect, it } from 'vitest';
import { makeLog } from '../src/log.ts';

function logged(error: unknown): { text: string; err: Record<string, unknown> } {
  let text = '';
  const write = (line: string) => {
    text += line;
  };
  makeLog('info', { write }).error({ err: error }, 'failed');
  return { text, err: JSON.parse(text).err };
}

describe('An error in the log', () => {
  it('the entry has type, message, stack and cause', () => {
    const { err } = logged(new TypeError('outer', { cause: new Error('inner') }));

    expect(err).toMatchObject({ type: 'TypeError', message: 'outer', cause: { type: 'Error', message: 'inner' } });
    expect(err.at).toEqual(expect.arrayContaining([expect.stringContaining('log.test.ts')]));
  });

  it('the entry leaves out the statement, values and details that a database driver adds', () => {
    const error = Object.assign(
      new Error('duplicate key\n - detail: Key (email_key)=(alice@example.com) already exists.'),
      {
        code: '23505',
        constraint: 'users_email_key_unique',
        detail: 'Key (email_key)=(alice@example.com) already exists.',
        query: "insert into users values ('alice@example.com', '$argon2id$')",
        params: ['alice@example.com'],
      },
    );
    const { text, err } = logged(error);

    expect(text).not.toMatch(/alice|argon2id/);
    expect(err).toMatchObject({ message: 'duplicate key', code: '23505', constraint: 'users_email_key_unique' });
  });

  it('a thrown value that is not an Error is not logged', () => {
    expect(logged({ token: 'gat_secret' }).text).not.toContain('gat_secret');
  });
});
