import type { Command } from 'commander';
import { replaceSigningKeys, rotateSigningKeys } from '../oauth/keys/signing-key-rotation.ts';
import { record } from '../store/audit/record.ts';
import { runWith } from './command.ts';

export function addKeyCommands(program: Command, env: NodeJS.ProcessEnv): void {
  program
    .command('keys')
    .description('Manage signing keys')
    .command('rotate')
    .description(
      'Create new signing keys. They are published at once and used after an hour. Old keys stay published until everything they signed has expired. The server rotates keys every 90 days.',
    )
    .option(
      '--compromised',
      'remove the old keys and use the new ones at once; tokens signed by the old keys become invalid',
    )
    .option('--json', 'print the result as JSON')
    .addHelpText('after', '\nExample:\n  $ gatehouse keys rotate --json')
    .action(async ({ compromised }: { compromised?: true }, command: Command) => {
      await runWith(env, command, async ({ started: { database, keyring }, actor }) => {
        const rotation = { sql: database.sql, keyring, now: actor.now };
        const made = await (compromised ? replaceSigningKeys : rotateSigningKeys)(rotation);
        const detail = { kids: made.map(({ kid }) => kid), compromised: compromised === true };
        await record(database.sql, { kind: 'keys.rotated', at: actor.now, origin: actor.origin, detail });
        const keys = made.map(({ kid, algorithm, signsFrom }) => ({ kid, algorithm, signs_from: signsFrom }));
        const lines = made.map(
          ({ kid, algorithm, signsFrom }) => `${algorithm}  ${kid}  signs from ${signsFrom.toISOString()}`,
        );
        return {
          facts: { keys },
          text: lines.join('\n') || 'Another process is rotating the keys; nothing was changed',
        };
      });
    });
}
