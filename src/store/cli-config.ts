import { PGlite } from '@electric-sql/pglite';
import { pgliteOptions } from './orm.ts';

/** For the `mikro-orm` command, which writes migrations: an empty database in memory is all it needs. */
export const cliConfig = async () => pgliteOptions(await PGlite.create());
