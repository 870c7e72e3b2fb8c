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

describe('an error in the log', () => {
  it('says what, where and why', () => {
    const { err } = logged(new TypeError('outer', { cause: new Error('inner') }));

    expect(err).toMatchObject({ type: 'TypeError', message: 'outer', cause: { type: 'Error', message: 'inner' } });
    expect(err.at).toEqual(expect.arrayContaining([expect.stringContaining('log.test.ts')]));
  });

  it("keeps a database driver's statement, values and details to itself", () => {
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

  it('that is no Error shows nothing of itself', () => {
    expect(logged({ token: 'gat_secret' }).text).not.toContain('gat_secret');
  });
});
