import { PGlite } from '@electric-sql/pglite';
import { pgliteMigratorOptions } from './migrator.ts';

/** The `mikro-orm` command creates migrations, for which an empty database in memory is enough. */
export const cliConfig = async () => pgliteMigratorOptions(await PGlite.create());
