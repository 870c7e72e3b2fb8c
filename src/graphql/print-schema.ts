import { printSchemaWithDirectives } from '@graphql-tools/utils';
import { lexicographicSortSchema } from 'graphql';
import { schema } from './schema.ts';

/** The schema as it stands in schema.graphql: sorted, with the rules of every field. */
export const printedSchema = (): string => `${printSchemaWithDirectives(lexicographicSortSchema(schema))}\n`;

if (import.meta.main) process.stdout.write(printedSchema());
