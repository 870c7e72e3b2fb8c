// Gatehouse whose requests share no statement: the same code, but that each asks for itself. To see what sharing is worth.
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
