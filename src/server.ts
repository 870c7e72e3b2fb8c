import { keepCompiledCode } from './process/compile-cache.ts';

/** Everything else is loaded once the cache is open: what a file imports is compiled before its first line runs. */
async function start(env: NodeJS.ProcessEnv): Promise<void> {
  keepCompiledCode();
  const [{ serve }, { reportFailure }] = await Promise.all([
    import('./process/serve.ts'),
    import('./process/report-failure.ts'),
  ]);
  await serve(env).catch((error: unknown) => reportFailure(error));
}

if (import.meta.main) await start(process.env);
