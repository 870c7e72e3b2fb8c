import { readFileSync } from 'node:fs';
import { join, posix } from 'node:path';
import { describe, expect, it } from 'vitest';

const root = join(import.meta.dirname, '../..');

const IMPORT = /^(?:import|export) (?!type\b)(?:[^'";]*? from )?'([^']+)';$/gm;

/** All files and packages that this file loads through static imports, including itself. */
function loadedWith(file: string): { files: string[]; packages: string[] } {
  const files = new Set([file]);
  const packages = new Set<string>();
  for (const found of files)
    for (const [, specifier = ''] of readFileSync(join(root, found), 'utf8').matchAll(IMPORT)) {
      if (specifier.startsWith('.')) files.add(posix.join(posix.dirname(found), specifier));
      else if (!specifier.startsWith('node:')) packages.add(specifier);
    }
  return { files: [...files], packages: [...packages] };
}

/** More than half of the code: the entity manager, the GraphQL engine, the database drivers. */
const HEAVY = /^(@mikro-orm|@electric-sql|@pothos|@node-rs|@?graphql|dataloader|kysely|pg)\b/;

describe('Code that the start does not need', () => {
  it.each(['src/process/serve.ts', 'src/cli.ts'])('heavy packages are not loaded with %s', (file) => {
    const { files, packages } = loadedWith(file);
    expect(packages).toContain('zod');
    expect(packages.filter((name) => HEAVY.test(name))).toEqual([]);
    expect(files).not.toContain('src/graphql/schema.ts');
  });

  it('heavy packages are found where they are loaded', () => {
    expect(loadedWith('src/http/graphql/graphql.ts').packages.filter((name) => HEAVY.test(name))).toEqual(
      expect.arrayContaining(['@mikro-orm/core', '@pothos/core', 'graphql']),
    );
  });

  it('src/server.ts statically loads nothing but the compile cache', () => {
    expect(loadedWith('src/server.ts')).toEqual({
      files: ['src/server.ts', 'src/process/compile-cache.ts'],
      packages: [],
    });
  });
});
