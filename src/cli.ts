import { readFileSync } from 'node:fs';
import { Command, CommanderError, InvalidArgumentError } from 'commander';
import { addClientCommands } from './cli/client.ts';
import { runWith } from './cli/command.ts';
import { addDatabaseCommands } from './cli/database.ts';
import { addDoctorCommand } from './cli/doctor.ts';
import { addKeyCommands } from './cli/keys.ts';
import { addScopeCommands } from './cli/scope.ts';
import { addUpkeepCommands } from './cli/upkeep.ts';
import { addUserCommands } from './cli/user.ts';
import { keepCompiledCode } from './process/compile-cache.ts';
import { reportFailure } from './process/report-failure.ts';

/** Exit codes: 0 done, 1 refused or failed, 2 the command line is wrong. */
const WRONG_USAGE = 2;

/** As many as the cores of a large machine: beyond that it is a slip of the finger. */
function readCount(text: string): number {
  if (!/^([1-9]|[1-5]\d|6[0-4])$/.test(text)) throw new InvalidArgumentError('It must be a number from 1 to 64.');
  return Number(text);
}

/** No import: the file lies outside `src/`. */
function versionOfPackage(): string {
  const { version } = JSON.parse(readFileSync(new URL('../package.json', import.meta.url), 'utf8')) as {
    version: string;
  };
  return version;
}

function makeProgram(env: NodeJS.ProcessEnv): Command {
  const program = new Command('gatehouse')
    .description('OAuth 2 authorization server and user directory, managed through GraphQL.')
    .version(versionOfPackage(), '-V, --version', 'print the version')
    .showHelpAfterError('(add --help to see what it takes, with examples)')
    .exitOverride()
    .addHelpText(
      'after',
      `
Settings come from the environment (DATA_DIR or DATABASE_URL, PORT, ISSUER, …); secrets come from standard input, a prompt or the environment.

Examples:
  $ gatehouse serve
  $ gatehouse user create --username alice --superuser
  $ gatehouse client create --help`,
    );
  program
    .command('serve')
    .description('Migrate and serve: what npm start does.')
    .option('--workers <count>', 'processes that share the port; PostgreSQL only', readCount, 1)
    .option('--json', 'tell of the start in JSON')
    .addHelpText(
      'after',
      '\nExamples:\n  $ PORT=8080 gatehouse serve\n  $ DATABASE_URL=postgres://… gatehouse serve --workers 4',
    )
    .action(async (options: { json?: true; workers: number }) => {
      // Every other command does without the whole HTTP floor.
      keepCompiledCode();
      const { serve } = await import('./process/serve.ts');
      await serve(env, options);
    });
  program
    .command('migrate')
    .description('Bring the database to the schema of this version; a second time changes nothing.')
    .option('--json', 'answer in JSON')
    .addHelpText('after', '\nExample:\n  $ DATABASE_URL=postgres://… SECRET_KEY_FILE=/run/key gatehouse migrate')
    .action(async (_options, command: Command) => {
      const migrate = async ({ started: { migrated } }: { started: { migrated: readonly string[] } }) => ({
        facts: { migrated },
        text: migrated.length === 0 ? 'Nothing to do: the database is up to date' : `Migrated: ${migrated.join(', ')}`,
      });
      // Whoever asks for it wants it, whatever the nodes are told to do by themselves.
      await runWith(env, command, migrate, { MIGRATE: 'auto' });
    });
  program
    .command('seed')
    .description('Fill an empty database with demo data, whose passwords everybody knows. Loopback issuers only.')
    .option('--json', 'answer in JSON')
    .addHelpText('after', '\nExample:\n  $ gatehouse seed && gatehouse serve')
    .action(async (_options, command: Command) => {
      await runWith(env, command, async ({ started, config, actor }) => {
        const { seed } = await import('./process/seed.ts');
        const made = await seed(started.database, config, actor.now);
        return {
          facts: { made },
          text: made.length === 0 ? 'The demo data is there already' : `Made ${made.join(', ')}`,
        };
      });
    });
  addUserCommands(program, env);
  addClientCommands(program, env);
  addScopeCommands(program, env);
  addKeyCommands(program, env);
  addUpkeepCommands(program, env);
  addDatabaseCommands(program, env);
  addDoctorCommand(program, env);
  return program;
}

/** Whoever reads what is printed may have read enough, as `head` has; what the command does goes on to its end. */
function onClosedOutput(error: NodeJS.ErrnoException): void {
  if (error.code !== 'EPIPE') throw error;
}

async function run(argv: readonly string[], env: NodeJS.ProcessEnv): Promise<void> {
  process.stdout.on('error', onClosedOutput);
  try {
    await makeProgram(env).parseAsync([...argv]);
  } catch (error) {
    if (error instanceof CommanderError) process.exitCode = error.exitCode === 0 ? 0 : WRONG_USAGE;
    else reportFailure(error, argv.includes('--json'));
  }
}

if (import.meta.main) await run(process.argv, process.env);
