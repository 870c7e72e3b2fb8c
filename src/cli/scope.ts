import type { Command } from 'commander';
import { runWith } from './command.ts';

export function addScopeCommands(program: Command, env: NodeJS.ProcessEnv): void {
  program
    .command('scope')
    .description('Manage the scopes of your own APIs')
    .command('create')
    .description('Create a scope for your own API. Clients can request it, and it gives no access to Gatehouse itself.')
    .argument('<name>', 'for example invoices:read')
    .requiredOption('--description <text>', 'what the consent page shows to users')
    .option('--json', 'print the result as JSON')
    .addHelpText(
      'after',
      `
Example:
  $ gatehouse scope create invoices:read --description "See your invoices"`,
    )
    .action(async (name: string, { description }: { description: string }, command: Command) => {
      await runWith(env, command, async ({ actor, em }) => {
        const { createScope } = await import('../oauth/scopes/manage-scopes.ts');
        const scope = await createScope(await em(), actor, { name, description });
        return { facts: { name: scope.name, description: scope.description }, text: `Created scope ${scope.name}` };
      });
    });
}
