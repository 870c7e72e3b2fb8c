import { join } from 'node:path';

/** The directory with the migrations of this version. */
export const MIGRATIONS = join(import.meta.dirname, '../../../migrations');
