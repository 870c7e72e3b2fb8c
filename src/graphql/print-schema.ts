import { printSchemaWithDirectives } from '@graphql-tools/utils';
import { lexicographicSortSchema } from 'graphql';
import { schema } from './schema.ts';

/** The text of schema.graphql: sorted, with the access rule of every field. */
export const printedSchema = (): string => `${printSchemaWithDirectives(lexicographicSortSchema(schema))}\n`;

if (import.meta.main) process.stdout.write(printedSchema());
