import type { Config } from '../../config.ts';
import { printedSchema } from '../../graphql/print-schema.ts';
import type { Handler } from '../context.ts';
import { refuse } from './refusal.ts';
import { authenticate } from './token.ts';

/** GET /graphql/sdl: the schema as text, with the directives that introspection omits. It has the same access rule as introspection. */
export function sdlHandler({ production }: Config): Handler {
  const text = printedSchema();
  return async (ctx) => {
    ctx.set('Cache-Control', 'no-store');
    try {
      await authenticate(ctx, !production);
      ctx.type = 'text/plain; charset=utf-8';
      ctx.body = text;
    } catch (error) {
      refuse(ctx, error);
    }
  };
}
