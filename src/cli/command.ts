import type { Command } from 'commander';
import { type Config, loadConfig } from '../config.ts';
import type { Actor } from '../directory/actor.ts';
import { OPERATOR } from '../directory/permissions.ts';
import type { Em } from '../store/connection/orm.ts';
import { type StartedDatabase, startDatabase } from '../store/start-database.ts';

/** The context of a CLI command. */
export interface CommandContext {
  readonly config: Config;
  readonly started: StartedDatabase;
  readonly actor: Actor;
  /** For administrative changes. Loaded only by commands that need it, because loading MikroORM takes time. */
  readonly em: () => Promise<Em>;
}

/** The result of a command, for programs (`facts`, printed with `--json`) and for readers (`text`). */
export interface CommandResult {
  readonly facts: object;
  readonly text: string;
}

/** Opens the database, runs `work` and prints its result. `overrides` replace variables of the environment. */
export async function runWith(
  env: NodeJS.ProcessEnv,
  command: Command,
  work: (context: CommandContext) => Promise<CommandResult>,
  overrides: NodeJS.ProcessEnv = {},
): Promise<void> {
  const config = loadConfig({ ...env, ...overrides });
  const started = await startDatabase(config);
  try {
    const actor = { caller: OPERATOR, now: new Date(), origin: { ip: undefined, requestId: undefined } };
    const em = async () => (await import('../store/connection/orm.ts')).entityManager(started.database);
    printResult(command, await work({ config, started, actor, em }));
  } finally {
    await started.close();
  }
}

export function printResult(command: Command, { facts, text }: CommandResult): void {
  process.stdout.write(command.opts<{ json?: true }>().json ? `${JSON.stringify(facts)}\n` : `${text}\n`);
}
