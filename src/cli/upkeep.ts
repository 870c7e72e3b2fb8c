import type { Command } from 'commander';
import { countExpired, retentionOf, sweep } from '../store/sweep.ts';
import { runWith } from './command.ts';
import { secretFromStdin } from './secret-input.ts';

export function addUpkeepCommands(program: Command, env: NodeJS.ProcessEnv): void {
  program
    .command('sweep')
    .description('Clear away what has expired, at once. The server does it by itself every minute.')
    .option('--json', 'answer in JSON')
    .addHelpText('after', '\nExample:\n  $ gatehouse sweep --json')
    .action(async (_options, command: Command) => {
      await runWith(env, command, async ({ started: { database }, config, actor }) => {
        const retention = retentionOf(config);
        const swept = await sweep(database.sql, actor.now, retention);
        const left = await countExpired(database.sql, actor.now, retention);
        return { facts: { swept, left }, text: `Swept ${total(swept)} rows; ${total(left)} are left` };
      });
    });
  program
    .command('token')
    .description('access and refresh tokens')
    .command('revoke')
    .description('Revoke the token that comes on standard input; a refresh token goes with its whole family.')
    .option('--json', 'answer in JSON')
    .addHelpText('after', '\nExample:\n  $ gatehouse token revoke < token.txt')
    .action(async (_options, command: Command) => {
      const token = await secretFromStdin();
      await runWith(env, command, async ({ actor, em }) => {
        const { revokeToken } = await import('../oauth/tokens/admin-revocation.ts');
        const revoked = await revokeToken(await em(), actor, token);
        return { facts: { revoked }, text: revoked ? 'Revoked' : 'No such token is alive' };
      });
    });
}

const total = (counts: Readonly<Record<string, number>>): number =>
  Object.values(counts).reduce((sum, count) => sum + count, 0);
