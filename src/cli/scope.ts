import type { Command } from 'commander';
import { runWith } from './command.ts';

export function addScopeCommands(program: Command, env: NodeJS.ProcessEnv): void {
  program
    .command('scope')
    .description('scopes of your own APIs')
    .command('create')
    .description(
      'Create a scope of your own: clients can ask for it, tokens carry it, it opens nothing in Gatehouse itself.',
    )
    .argument('<name>', 'such as invoices:read')
    .requiredOption('--description <text>', 'what the consent page shows to users')
    .option('--json', 'answer in JSON')
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
