// Gatehouse without shared statements: the same code, but each request runs its own. For measuring the gain of sharing.
import { registerHooks } from 'node:module';

registerHooks({
  resolve(specifier, context, nextResolve) {
    const resolved = nextResolve(specifier, context);
    const shared = resolved.url.endsWith('/src/store/connection/shared-statement.ts');
    return shared ? { ...resolved, url: new URL('unshared.ts', import.meta.url).href } : resolved;
  },
});
const { serve } = await import('../../../src/process/serve.ts');
await serve(process.env);
