import { type ChildProcess, spawn } from 'node:child_process';
import { join } from 'node:path';
import { expectNoSecret, keepSecret, keepSecretsIn } from './seen-secrets.ts';

const root = join(import.meta.dirname, '../..');

/** A process of Gatehouse and its output. */
export interface GatehouseProcess {
  readonly pid: number;
  readonly stdout: string;
  readonly stderr: string;
  /** Resolves when stdout matches the pattern. Rejects with the output if the process exits before. */
  printed(pattern: RegExp): Promise<RegExpExecArray>;
  /** Resolves with the exit code, or null if a signal ended the process. */
  readonly exit: Promise<number | null>;
  kill(signal: NodeJS.Signals): void;
}

const running = new Set<ChildProcess>();
process.once('exit', () => {
  for (const child of running) child.kill('SIGKILL');
});

/** Starts `file` (`src/server.ts`, `src/cli.ts`) with exactly this environment and stdin. */
export function run(file: string, args: readonly string[], env: Record<string, string>, stdin = ''): GatehouseProcess {
  const child = spawn(process.execPath, [join(root, file), ...args], {
    cwd: root,
    env: { PATH: process.env.PATH, ...env },
    stdio: 'pipe',
  });
  running.add(child);
  let stdout = '';
  let stderr = '';
  child.stdout.on('data', (chunk: Buffer) => {
    stdout += chunk.toString();
  });
  child.stderr.on('data', (chunk: Buffer) => {
    stderr += chunk.toString();
  });
  // A process may exit without reading its input.
  child.stdin.on('error', () => {});
  child.stdin.end(stdin);
  for (const [name, value] of Object.entries(env)) if (/(PASSWORD|SECRET_KEY)$/.test(name)) keepSecret(value);
  keepSecret(stdin.trimEnd());
  const exit = new Promise<number | null>((resolve, reject) => {
    child.once('close', (code) => {
      running.delete(child);
      keepSecretsIn(stdout);
      try {
        expectNoSecret('what a process wrote to stderr', stderr);
        resolve(code);
      } catch (error) {
        reject(error);
      }
    });
  });

  return {
    pid: child.pid ?? 0,
    get stdout() {
      return stdout;
    },
    get stderr() {
      return stderr;
    },
    exit,
    kill: (signal) => void child.kill(signal),
    printed: (pattern) =>
      new Promise((resolve, reject) => {
        const look = () => {
          const match = pattern.exec(stdout);
          if (match) resolve(match);
        };
        child.stdout.on('data', look);
        look();
        void exit.then((code) =>
          reject(new Error(`Ended with ${code} before it printed ${pattern}: ${stdout}${stderr}`)),
        );
      }),
  };
}

export interface Ended {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** Waits until the process exits. */
export async function finish(process: GatehouseProcess): Promise<Ended> {
  const code = await process.exit;
  return { code, stdout: process.stdout, stderr: process.stderr };
}

/** Runs `gatehouse …` and waits until it exits. */
export const gatehouse = (args: readonly string[], env: Record<string, string>, stdin?: string): Promise<Ended> =>
  finish(run('src/cli.ts', args, env, stdin));

export const startServerProcess = (env: Record<string, string>): GatehouseProcess =>
  run('src/server.ts', [], { PORT: '0', SHUTDOWN_NOTICE: '0', ...env });
