import type { Command } from 'commander';
import { prefixedId } from '../store/prefixed-id.ts';
import { runWith } from './command.ts';
import { password } from './secret-input.ts';

interface UserOptions {
  readonly username: string;
  readonly email?: string;
  readonly superuser?: true;
  readonly passwordStdin?: true;
}

export function addUserCommands(program: Command, env: NodeJS.ProcessEnv): void {
  program
    .command('user')
    .description('Manage users')
    .command('create')
    .description('Create a user. Without --password-stdin the command prompts for the password.')
    .requiredOption('--username <name>', 'name to sign in with; must not contain @')
    .option('--email <address>', 'address that can also be used to sign in')
    .option('--superuser', 'grant every permission')
    .option('--password-stdin', 'read the password from standard input')
    .option('--json', 'print the result as JSON')
    .addHelpText(
      'after',
      `
Examples:
  $ gatehouse user create --username alice --email alice@example.com --superuser
  $ printf %s "$PASSWORD" | gatehouse user create --username ci --superuser --password-stdin --json`,
    )
    .action(async ({ username, email, superuser, passwordStdin }: UserOptions, command: Command) => {
      const secret = await password(passwordStdin, command);
      await runWith(env, command, async ({ actor, em }) => {
        const input = { username, email, superuser, password: secret };
        const { registerUser } = await import('../directory/register-user.ts');
        const user = await registerUser(await em(), actor, input);
        const facts = {
          id: prefixedId('usr', user.id),
          username: user.username,
          email: user.email ?? null,
          superuser: user.superuser,
        };
        return { facts, text: `Created ${superuser ? 'superuser' : 'user'} ${user.username} (${facts.id})` };
      });
    });
}
