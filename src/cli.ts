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
import { useCompileCache } from './process/compile-cache.ts';
import { reportFailure } from './process/report-failure.ts';

/** Exit codes: 0 done, 1 refused or failed, 2 invalid command line. */
const INVALID_USAGE = 2;

/** The maximum is the number of cores of a large machine. A higher number is probably a typing error. */
function parseCount(text: string): number {
  if (!/^([1-9]|[1-5]\d|6[0-4])$/.test(text)) throw new InvalidArgumentError('It must be a number from 1 to 64.');
  return Number(text);
}

/** Read instead of imported, because package.json is outside `src/`. */
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
    .showHelpAfterError('(use --help for options and examples)')
    .exitOverride()
    .addHelpText(
      'after',
      `
Settings come from the environment (DATA_DIR or DATABASE_URL, PORT, ISSUER, …); secrets are read from standard input, a prompt or the environment.

Examples:
  $ gatehouse serve
  $ gatehouse user create --username alice --superuser
  $ gatehouse client create --help`,
    );
  program
    .command('serve')
    .description('Apply pending migrations and start the server, as npm start does.')
    .option('--workers <count>', 'number of processes that share the port; PostgreSQL only', parseCount, 1)
    .option('--json', 'print start-up details as JSON')
    .addHelpText(
      'after',
      '\nExamples:\n  $ PORT=8080 gatehouse serve\n  $ DATABASE_URL=postgres://… gatehouse serve --workers 4',
    )
    .action(async (options: { json?: true; workers: number }) => {
      // Loaded here, because no other command needs the HTTP code.
      useCompileCache();
      const { serve } = await import('./process/serve.ts');
      await serve(env, options);
    });
  program
    .command('migrate')
    .description('Apply pending migrations (safe to repeat).')
    .option('--json', 'print the result as JSON')
    .addHelpText('after', '\nExample:\n  $ DATABASE_URL=postgres://… SECRET_KEY_FILE=/run/key gatehouse migrate')
    .action(async (_options, command: Command) => {
      const migrate = async ({ started: { migrated } }: { started: { migrated: readonly string[] } }) => ({
        facts: { migrated },
        text: migrated.length === 0 ? 'Nothing to do: the database is up to date' : `Migrated: ${migrated.join(', ')}`,
      });
      // This command migrates even where MIGRATE=check keeps the servers from doing so.
      await runWith(env, command, migrate, { MIGRATE: 'auto' });
    });
  program
    .command('seed')
    .description('Create demo data with well-known passwords in an empty database (loopback issuers only).')
    .option('--json', 'print the result as JSON')
    .addHelpText('after', '\nExample:\n  $ gatehouse seed && gatehouse serve')
    .action(async (_options, command: Command) => {
      await runWith(env, command, async ({ started, config, actor }) => {
        const { seed } = await import('./process/seed.ts');
        const made = await seed(started.database, config, actor.now);
        return {
          facts: { made },
          text: made.length === 0 ? 'The demo data already exists' : `Created ${made.join(', ')}`,
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

/** A reader such as `head` may close the pipe early. The command still finishes its work. */
function ignoreClosedPipe(error: NodeJS.ErrnoException): void {
  if (error.code !== 'EPIPE') throw error;
}

async function run(argv: readonly string[], env: NodeJS.ProcessEnv): Promise<void> {
  process.stdout.on('error', ignoreClosedPipe);
  try {
    await makeProgram(env).parseAsync([...argv]);
  } catch (error) {
    if (error instanceof CommanderError) process.exitCode = error.exitCode === 0 ? 0 : INVALID_USAGE;
    else reportFailure(error, argv.includes('--json'));
  }
}

if (import.meta.main) await run(process.argv, process.env);
