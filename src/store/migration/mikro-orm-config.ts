import { PGlite } from '@electric-sql/pglite';
import { pgliteMigratorOptions } from './migrator.ts';

/** For the `mikro-orm` command, which writes migrations: an empty database in memory is all it needs. */
export const cliConfig = async () => pgliteMigratorOptions(await PGlite.create());
