import { readFileSync } from 'node:fs';
import { join, posix } from 'node:path';
import { describe, expect, it } from 'vitest';

const root = join(import.meta.dirname, '../..');

const IMPORT = /^(?:import|export) (?!type\b)(?:[^'";]*? from )?'([^']+)';$/gm;

/** Every file that is loaded with this one, itself included, and every package. `import(…)` waits until somebody asks for it. */
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

/** More than half of all there is to load: the entity manager, the engine of GraphQL, the ways to a database. */
const HEAVY = /^(@mikro-orm|@electric-sql|@pothos|@node-rs|@?graphql|dataloader|kysely|pg)\b/;

describe('what a start need not wait for', () => {
  it.each(['src/process/serve.ts', 'src/cli.ts'])('is not loaded with %s', (file) => {
    const { files, packages } = loadedWith(file);
    expect(packages).toContain('zod');
    expect(packages.filter((name) => HEAVY.test(name))).toEqual([]);
    expect(files).not.toContain('src/graphql/schema.ts');
  });

  it('is found where it is loaded', () => {
    expect(loadedWith('src/http/graphql/graphql.ts').packages.filter((name) => HEAVY.test(name))).toEqual(
      expect.arrayContaining(['@mikro-orm/core', '@pothos/core', 'graphql']),
    );
  });

  it('is compiled after the cache is open: before it src/server.ts loads the cache alone', () => {
    expect(loadedWith('src/server.ts')).toEqual({
      files: ['src/server.ts', 'src/process/compile-cache.ts'],
      packages: [],
    });
  });
});
