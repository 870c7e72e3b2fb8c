import { execFileSync } from 'node:child_process';
import { describe, expect, it } from 'vitest';

/** A browser script, which has no types. */
const {
  curlCommand,
}: { curlCommand(issuer: string, written: { query: string; variables: string; offset: number }): string } =
  await import(new URL('../../../../src/http/graphql/graphiql/curl.js', import.meta.url).href);

/** The arguments that a shell passes to curl. */
function argumentsOf(command: string): string[] {
  const script = `curl() { printf '%s\\0' "$@"; }\n${command}\n`;
  const output = execFileSync('sh', ['-c', script], { env: { PATH: process.env.PATH, TOKEN: 'from the environment' } });
  return output.toString().split('\0').slice(0, -1);
}

describe('An operation as a curl command', () => {
  it.each([
    ['{ viewer { sub } }', ''],
    ['{ user(id: "it\'s $HOME `id` \\\\ !! ☃") { id } }', '{ "a": "\'; rm -rf nothing; \'" }'],
    ["'''\n''' # \u2028", '{}'],
  ])('the shell passes the operation to curl unchanged: %j', (query, variables) => {
    const got = argumentsOf(curlCommand('https://id.example', { query, variables, offset: 0 }));
    expect(got.slice(0, -1)).toEqual([
      'https://id.example/graphql',
      '-H',
      'Authorization: Bearer from the environment',
      '-H',
      'Content-Type: application/json',
      '--data-raw',
    ]);
    expect(JSON.parse(got.at(-1)!)).toEqual({ query, ...(variables ? { variables: JSON.parse(variables) } : {}) });
  });

  it('the command names the operation at the cursor if there are several', () => {
    const query = 'query A { a }\nquery B { b }';
    const got = argumentsOf(curlCommand('https://id.example', { query, variables: '', offset: query.length }));
    expect(JSON.parse(got.at(-1)!)).toEqual({ query, operationName: 'B' });
  });

  it('the command for a subscription accepts an event stream', () => {
    const query = 'subscription { auditEvent { kind } }';
    const got = argumentsOf(curlCommand('https://id.example', { query, variables: '', offset: 0 }));
    expect(got.slice(1, 4)).toEqual(['-N', '-H', 'Accept: text/event-stream']);
  });

  it('variables that are not JSON throw a SyntaxError', () => {
    expect(() => curlCommand('https://id.example', { query: '{ a }', variables: '{', offset: 0 })).toThrow(SyntaxError);
  });
});
