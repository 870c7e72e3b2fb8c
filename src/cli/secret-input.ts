import { createInterface } from 'node:readline/promises';
import { Writable } from 'node:stream';
import { text } from 'node:stream/consumers';
import type { Command } from 'commander';

/** A secret from stdin, whole but for the line's end. Never from a flag: those are seen by everybody on the machine. */
export async function secretFromStdin(): Promise<string> {
  return (await text(process.stdin)).replace(/\r?\n$/, '');
}

/** A password from stdin if asked so, else typed twice by whoever sits at the terminal. */
export async function password(fromStdin: boolean | undefined, command: Command): Promise<string> {
  if (fromStdin) return secretFromStdin();
  if (!process.stdin.isTTY) command.error('Nobody is there to type a password: pipe it in and say --password-stdin');
  const typed = await typeUnseen('Password: ');
  if (typed !== (await typeUnseen('The same again: '))) command.error('The two passwords are not the same');
  return typed;
}

async function typeUnseen(question: string): Promise<string> {
  process.stderr.write(question);
  const nowhere = new Writable({ write: (_chunk, _encoding, done) => done() });
  const terminal = createInterface({ input: process.stdin, output: nowhere, terminal: true });
  try {
    return await terminal.question('');
  } finally {
    terminal.close();
    process.stderr.write('\n');
  }
}
