import { describe, expect, it } from 'vitest';
import { refuseGuessablePassword } from '../../src/directory/password-rules.ts';

const owner = { username: 'Straße-Alice', email: 'alice@example.com' };

describe('NIST SP 800-63B §3.1.1.2: passwords that an attacker tries first', () => {
  it.each(['password', '12345678', 'qwertyui', 'Password1', 'iloveyou1', 'ｐａｓｓｗｏｒｄ'])(
    '%s is common',
    async (password) => {
      await expect(refuseGuessablePassword(password, owner)).rejects.toThrow('This password is too common');
    },
  );

  it.each(['straße-alice', 'ALICE@example.com', 'gatehouse'])('%s is a name', async (password) => {
    await expect(refuseGuessablePassword(password, owner)).rejects.toThrow('must not be the username');
  });

  it.each(['correct horse battery', 'adminpassword', 'password password', '🦊🦊🦊🦊🦊🦊🦊🦊'])(
    '%s is accepted',
    async (password) => {
      await expect(refuseGuessablePassword(password, owner)).resolves.toBeUndefined();
    },
  );
});
