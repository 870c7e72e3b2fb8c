import { useCompileCache } from './process/compile-cache.ts';

/** Loads everything else after the compile cache is enabled, because static imports are compiled before the first line runs. */
async function start(env: NodeJS.ProcessEnv): Promise<void> {
  useCompileCache();
  const [{ serve }, { reportFailure }] = await Promise.all([
    import('./process/serve.ts'),
    import('./process/report-failure.ts'),
  ]);
  await serve(env).catch((error: unknown) => reportFailure(error));
}

if (import.meta.main) await start(process.env);
