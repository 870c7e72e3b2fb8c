import { join } from 'node:path';

/** The directory of this version's migrations. */
export const MIGRATIONS = join(import.meta.dirname, '../../../migrations');
