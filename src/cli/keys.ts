import type { Command } from 'commander';
import { replaceSigningKeys, rotateSigningKeys } from '../oauth/keys/signing-key-rotation.ts';
import { record } from '../store/audit/record.ts';
import { runWith } from './command.ts';

export function addKeyCommands(program: Command, env: NodeJS.ProcessEnv): void {
  program
    .command('keys')
    .description('the keys that sign tokens')
    .command('rotate')
    .description(
      'Make new signing keys. They are published at once and sign in an hour; the old ones stay until what they signed has expired. The server does it by itself every 90 days.',
    )
    .option(
      '--compromised',
      'the old keys are in wrong hands: the new ones sign at once, the old ones are good for nothing',
    )
    .option('--json', 'answer in JSON')
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
        return { facts: { keys }, text: lines.join('\n') || 'Somebody else rotated the keys at this moment' };
      });
    });
}
