import type { HttpContext } from '../context.ts';
import { homePage } from '../pages/home.ts';
import { currentSession } from './session.ts';

/** GET / */
export async function home(ctx: HttpContext): Promise<void> {
  const session = await currentSession(ctx);
  ctx.type = 'html';
  ctx.body = homePage(session?.username, ctx.state.config.graphiql);
}
