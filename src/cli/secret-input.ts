import { createInterface } from 'node:readline/promises';
import { Writable } from 'node:stream';
import { text } from 'node:stream/consumers';
import type { Command } from 'commander';

/** A secret from stdin, without the final newline. Never from a flag, because every user of the machine can see flags. */
export async function secretFromStdin(): Promise<string> {
  return (await text(process.stdin)).replace(/\r?\n$/, '');
}

/** A password from stdin, or typed twice at the terminal. */
export async function password(fromStdin: boolean | undefined, command: Command): Promise<string> {
  if (fromStdin) return secretFromStdin();
  if (!process.stdin.isTTY) command.error('No terminal: pass the password on stdin with --password-stdin');
  const typed = await promptHidden('Password: ');
  if (typed !== (await promptHidden('Confirm password: '))) command.error('The passwords do not match');
  return typed;
}

async function promptHidden(question: string): Promise<string> {
  process.stderr.write(question);
  const discard = new Writable({ write: (_chunk, _encoding, done) => done() });
  const terminal = createInterface({ input: process.stdin, output: discard, terminal: true });
  try {
    return await terminal.question('');
  } finally {
    terminal.close();
    process.stderr.write('\n');
  }
}
