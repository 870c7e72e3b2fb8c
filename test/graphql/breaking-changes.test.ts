import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { breakingChanges } from '../../src/graphql/breaking-changes.ts';

const root = join(import.meta.dirname, '../..');
const released = readFileSync(join(root, 'schema.released.graphql'), 'utf8');

/** The released schema with one replacement, which must apply. */
function changed(from: string | RegExp, to: string): string {
  const schema = released.replace(from, to);
  expect(schema).not.toBe(released);
  return schema;
}

const USERNAME = /( +)username: String! @requiresScopes\(scopes: \[\["read"\]\]\)/;
const WITHOUT_USERNAME = changed(USERNAME, '$1login: String! @requiresScopes(scopes: [["read"]])');

describe('The check for breaking changes', () => {
  it('new fields, other descriptions and weaker scope rules are not breaking', () => {
    expect(breakingChanges(released, released)).toEqual([]);
    expect(
      breakingChanges(released, changed('type Group implements', 'type New { id: ID }\n\ntype Group implements')),
    ).toEqual([]);
    expect(breakingChanges(released, changed('"""An OAuth client. ', '"""One OAuth client. '))).toEqual([]);
    expect(
      breakingChanges(
        released,
        changed(USERNAME, '$1username: String! @requiresScopes(scopes: [["read"], ["profile"]])'),
      ),
    ).toEqual([]);
    expect(breakingChanges(released, changed(USERNAME, '$1username: String! @authenticated'))).toEqual([]);
  });

  it('a removed field, type, argument or enum value is breaking', () => {
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

  it('a field that requires other or more scopes is breaking', () => {
    const stricter = ['User.username requires scopes that it did not require before.'];
    for (const lists of ['[["read", "profile"]]', '[["profile"]]'])
      expect(
        breakingChanges(released, changed(USERNAME, `$1username: String! @requiresScopes(scopes: ${lists})`)),
      ).toEqual(stricter);
    expect(
      breakingChanges(
        released,
        changed('viewer: Viewer @authenticated', 'viewer: Viewer @requiresScopes(scopes: [["openid"]])'),
      ),
    ).toEqual(['Query.viewer requires scopes that it did not require before.']);
  });

  it('the command accepts the current schema and fails if a field is missing', async () => {
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
