import type { Command } from 'commander';
import { loadConfig } from '../config.ts';
import { Refusal } from '../store/connection/refusal.ts';
import { countRows, type TableDigests } from '../store/migration/table-digests.ts';
import { type CommandContext, printResult, runWith } from './command.ts';

export function addDatabaseCommands(program: Command, env: NodeJS.ProcessEnv): void {
  program
    .command('backup <file>')
    .description('Back up the embedded database and its secret key to one file, and verify the file.')
    .option('--json', 'print the result as JSON')
    .addHelpText('after', `${KEEP_SAFE}\n\nExample:\n  $ gatehouse backup /backups/gatehouse-2026-11-21`)
    .action(async (file: string, _options, command: Command) => {
      await runWith(env, command, async ({ started }) => {
        const { pglite, secretKey } = embeddedOf(started, 'For PostgreSQL use pg_dump.');
        const { backUp } = await import('../store/migration/backup.ts');
        const tables = await backUp(pglite, secretKey, file);
        return { facts: { file, tables }, text: `Backed up ${summaryOf(tables)} to ${file}, and verified the file` };
      });
    });
  program
    .command('restore <file>')
    .description('Restore a backup into a DATA_DIR without a database, after verifying every table.')
    .option('--verify', 'only verify the file; do not change DATA_DIR')
    .option('--json', 'print the result as JSON')
    .addHelpText('after', '\nExample:\n  $ gatehouse restore --verify FILE && DATA_DIR=./new gatehouse restore FILE')
    .action(async (file: string, { verify }: { verify?: true }, command: Command) => {
      const { dataDir } = loadConfig(env);
      const { restore, verifyBackup } = await import('../store/migration/backup.ts');
      const tables = verify ? await verifyBackup(file) : await restore(file, dataDir);
      const text = verify
        ? `The backup is valid: ${summaryOf(tables)}`
        : `Restored ${summaryOf(tables)} into ${dataDir}`;
      printResult(command, { facts: { file, ...(verify ? {} : { dataDir }), tables }, text });
    });
  program
    .command('db')
    .description('Manage the embedded database')
    .command('promote <url>')
    .description(
      'Copy the embedded database to an empty PostgreSQL database in one transaction, and compare every table.',
    )
    .option('--json', 'print the result as JSON')
    .addHelpText(
      'after',
      '\nExample:\n  $ PGPASSWORD=… gatehouse db promote postgres://gatehouse@db.example.com/gatehouse',
    )
    .action(async (url: string, _options, command: Command) => {
      if (!/^postgres(ql)?:\/\//.test(url)) throw new Refusal('The target URL must begin with postgres://.');
      await runWith(env, command, async ({ started, config }) => {
        const { secretKey } = embeddedOf(started, 'To copy the embedded database, unset DATABASE_URL.');
        const { promote } = await import('../store/migration/promote.ts');
        const tables = await promote(started.database, url);
        const key = secretKey === undefined ? 'the same SECRET_KEY' : `SECRET_KEY_FILE=${config.dataDir}/secret-key`;
        const text = `Copied ${summaryOf(tables)}; every table matches.\nNow start Gatehouse with DATABASE_URL and ${key}. ${config.dataDir} is unchanged.`;
        return { facts: { tables }, text };
      });
    });
}

const KEEP_SAFE = '\nStop the server first. The file contains all secrets, so only its owner can read it.';

function embeddedOf({ embedded }: CommandContext['started'], advice: string) {
  if (!embedded) throw new Refusal(`The database is not embedded. ${advice}`);
  return embedded;
}

const summaryOf = (tables: TableDigests): string => `${countRows(tables)} rows of ${Object.keys(tables).length} tables`;
