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
    .requiredOption('--sentence <text>', 'what people read when they are asked for consent')
    .option('--json', 'answer in JSON')
    .addHelpText(
      'after',
      `
Example:
  $ gatehouse scope create invoices:read --sentence "See your invoices"`,
    )
    .action(async (name: string, { sentence }: { sentence: string }, command: Command) => {
      await runWith(env, command, async ({ actor, em }) => {
        const { createScope } = await import('../oauth/scopes/operator-scopes.ts');
        const scope = await createScope(await em(), actor, { name, sentence });
        return { facts: { name: scope.name, sentence: scope.sentence }, text: `Created scope ${scope.name}` };
      });
    });
}
