import type { Command } from 'commander';
import { countExpired, retentionOf, sweep } from '../store/sweep.ts';
import { runWith } from './command.ts';
import { secretFromStdin } from './secret-input.ts';

export function addUpkeepCommands(program: Command, env: NodeJS.ProcessEnv): void {
  program
    .command('sweep')
    .description('Delete expired rows now. The server does this every minute.')
    .option('--json', 'print the result as JSON')
    .addHelpText('after', '\nExample:\n  $ gatehouse sweep --json')
    .action(async (_options, command: Command) => {
      await runWith(env, command, async ({ started: { database }, config, actor }) => {
        const retention = retentionOf(config);
        const swept = await sweep(database.sql, actor.now, retention);
        const left = await countExpired(database.sql, actor.now, retention);
        return { facts: { swept, left }, text: `Deleted ${total(swept)} expired rows; ${total(left)} remain` };
      });
    });
  program
    .command('token')
    .description('Manage access and refresh tokens')
    .command('revoke')
    .description('Revoke the token read from standard input. A refresh token is revoked with its whole token family.')
    .option('--json', 'print the result as JSON')
    .addHelpText('after', '\nExample:\n  $ gatehouse token revoke < token.txt')
    .action(async (_options, command: Command) => {
      const token = await secretFromStdin();
      await runWith(env, command, async ({ actor, em }) => {
        const { revokeToken } = await import('../oauth/tokens/admin-revocation.ts');
        const revoked = await revokeToken(await em(), actor, token);
        return { facts: { revoked }, text: revoked ? 'Revoked' : 'No active token found' };
      });
    });
}

const total = (counts: Readonly<Record<string, number>>): number =>
  Object.values(counts).reduce((sum, count) => sum + count, 0);
