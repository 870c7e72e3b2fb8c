import type { Command } from 'commander';
import { loadConfig } from '../config.ts';
import { Refusal } from '../store/connection/refusal.ts';
import { countRows, type TableDigests } from '../store/migration/table-digests.ts';
import { printResult, runWith, type Shell } from './command.ts';

export function addDatabaseCommands(program: Command, env: NodeJS.ProcessEnv): void {
  program
    .command('backup <file>')
    .description('Write the whole embedded database and its secret key into one file, and try it out.')
    .option('--json', 'answer in JSON')
    .addHelpText('after', `${KEEP_SAFE}\n\nExample:\n  $ gatehouse backup /backups/gatehouse-2026-11-21`)
    .action(async (file: string, _options, command: Command) => {
      await runWith(env, command, async ({ started }) => {
        const { pglite, secretKey } = embeddedOf(started, 'For PostgreSQL use pg_dump.');
        const { backUp } = await import('../store/migration/backup.ts');
        const tables = await backUp(pglite, secretKey, file);
        return { facts: { file, tables }, text: `Backed up ${told(tables)} to ${file}, and read them back` };
      });
    });
  program
    .command('restore <file>')
    .description('Put a backup into a DATA_DIR that has no database yet, once each of its tables was found as it was.')
    .option('--verify', 'only try it out: touch no DATA_DIR')
    .option('--json', 'answer in JSON')
    .addHelpText('after', '\nExample:\n  $ gatehouse restore --verify FILE && DATA_DIR=./new gatehouse restore FILE')
    .action(async (file: string, { verify }: { verify?: true }, command: Command) => {
      const { dataDir } = loadConfig(env);
      const { restore, verifyBackup } = await import('../store/migration/backup.ts');
      const tables = verify ? await verifyBackup(file) : await restore(file, dataDir);
      const text = verify ? `The backup is whole: ${told(tables)}` : `Restored ${told(tables)} into ${dataDir}`;
      printResult(command, { facts: { file, ...(verify ? {} : { dataDir }), tables }, text });
    });
  program
    .command('db')
    .description('the embedded database')
    .command('promote <url>')
    .description('Move everything from the embedded database to an empty PostgreSQL, in one transaction, and compare.')
    .option('--json', 'answer in JSON')
    .addHelpText(
      'after',
      '\nExample:\n  $ PGPASSWORD=… gatehouse db promote postgres://gatehouse@db.example.com/gatehouse',
    )
    .action(async (url: string, _options, command: Command) => {
      if (!/^postgres(ql)?:\/\//.test(url)) throw new Refusal('The target must begin with postgres://.');
      await runWith(env, command, async ({ started, config }) => {
        const { secretKey } = embeddedOf(started, 'It moves the embedded database: unset DATABASE_URL.');
        const { promote } = await import('../store/migration/promote.ts');
        const tables = await promote(started.database, url);
        const key = secretKey === undefined ? 'the same SECRET_KEY' : `SECRET_KEY_FILE=${config.dataDir}/secret-key`;
        const text = `Moved ${told(tables)}, and found each table the same.\nFrom now on start with DATABASE_URL and ${key}; ${config.dataDir} is as it was.`;
        return { facts: { tables }, text };
      });
    });
}

const KEEP_SAFE = '\nStop the server first. Whoever has the file has everything: it is readable by its owner only.';

function embeddedOf({ embedded }: Shell['started'], otherwise: string) {
  if (!embedded) throw new Refusal(`The database is not embedded. ${otherwise}`);
  return embedded;
}

const told = (tables: TableDigests): string => `${countRows(tables)} rows of ${Object.keys(tables).length} tables`;
