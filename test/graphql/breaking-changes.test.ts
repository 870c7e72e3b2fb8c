import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { breakingChanges } from '../../src/graphql/breaking-changes.ts';

const root = join(import.meta.dirname, '../..');
const released = readFileSync(join(root, 'schema.released.graphql'), 'utf8');

/** The released schema with one thing changed, which must be there. */
function changed(from: string | RegExp, to: string): string {
  const schema = released.replace(from, to);
  expect(schema).not.toBe(released);
  return schema;
}

const USERNAME = /( +)username: String! @requiresScopes\(scopes: \[\["read"\]\]\)/;
const WITHOUT_USERNAME = changed(USERNAME, '$1login: String! @requiresScopes(scopes: [["read"]])');

describe('the check for breaking changes', () => {
  it('finds none in the released schema itself, nor in what is new, described otherwise or open to more', () => {
    expect(breakingChanges(released, released)).toEqual([]);
    expect(
      breakingChanges(released, changed('type Group implements', 'type New { id: ID }\n\ntype Group implements')),
    ).toEqual([]);
    expect(breakingChanges(released, changed('"""An OAuth client, ', '"""One OAuth client, '))).toEqual([]);
    expect(
      breakingChanges(
        released,
        changed(USERNAME, '$1username: String! @requiresScopes(scopes: [["read"], ["profile"]])'),
      ),
    ).toEqual([]);
    expect(breakingChanges(released, changed(USERNAME, '$1username: String! @authenticated'))).toEqual([]);
  });

  it('fails for a field that was removed, whose type or arguments changed, and for a value that is gone', () => {
    expect(breakingChanges(released, WITHOUT_USERNAME)).toEqual(['Field User.username was removed.']);
    expect(
      breakingChanges(released, changed(USERNAME, '$1username: String @requiresScopes(scopes: [["read"]])')),
    ).toEqual([expect.stringContaining('User.username')]);
    expect(
      breakingChanges(released, changed(/( +)username: String!\n/, '$1username: String!\n$1badge: Int!\n')),
    ).toEqual([expect.stringContaining('CreateUserInput.badge')]);
    expect(breakingChanges(released, changed(/\n +REMEMBER\n/, '\n  ASK_ONCE\n'))).toEqual([
      expect.stringContaining('ConsentMode.REMEMBER'),
    ]);
  });

  it('fails for a field that takes other or more scopes than it took', () => {
    const closed = ['User.username takes scopes that it did not take.'];
    for (const lists of ['[["read", "profile"]]', '[["profile"]]'])
      expect(
        breakingChanges(released, changed(USERNAME, `$1username: String! @requiresScopes(scopes: ${lists})`)),
      ).toEqual(closed);
    expect(
      breakingChanges(
        released,
        changed('viewer: Viewer @authenticated', 'viewer: Viewer @requiresScopes(scopes: [["openid"]])'),
      ),
    ).toEqual(['Query.viewer takes scopes that it did not take.']);
  });

  it('lets the schema as it is pass, and fails the build where a field is gone', async () => {
    const command = join(root, 'src/graphql/breaking-changes.ts');
    const run = (cwd: string) => spawnSync(process.execPath, [command], { cwd, encoding: 'utf8' });
    expect(run(root)).toMatchObject({ status: 0, stderr: '' });

    const folder = await mkdtemp(join(tmpdir(), 'gatehouse-schema-'));
    await writeFile(join(folder, 'schema.released.graphql'), released);
    await writeFile(join(folder, 'schema.graphql'), WITHOUT_USERNAME);
    const { status, stderr } = run(folder);
    await rm(folder, { recursive: true });
    expect(status).toBe(1);
    expect(stderr).toContain('- Field User.username was removed.\n');
    expect(stderr).toContain('npm run schema:release');
  });
});
