import { OAuthError, type OAuthErrorCode, toDescription } from '../oauth/error.ts';
import { Overloaded } from '../overloaded.ts';
import { reportFailure } from '../store/connection/outage.ts';
import { isTransientError } from '../store/connection/sql-errors.ts';
import { TooManyAttempts } from '../store/rate-limits.ts';
import type { HttpContext } from './context.ts';
import { logRefusal } from './log-refusal.ts';
import { PageError } from './page-error.ts';
import { errorPage } from './pages/error.ts';

interface ErrorResponse {
  readonly status: number;
  readonly code: OAuthErrorCode;
  readonly title: string;
  readonly message: string;
  /** Seconds. */
  readonly retryAfter?: number;
}

const BY_STATUS: Record<number, [title: string, message: string]> = {
  400: ['This request is malformed', 'The server could not understand it.'],
  413: ['Request too large', 'The request is larger than the server accepts.'],
};

/** The only place where a thrown error becomes a response. */
export async function handleErrors(ctx: HttpContext, next: () => Promise<void>): Promise<void> {
  try {
    await next();
  } catch (error) {
    const response = toErrorResponse(ctx, error);
    if (error instanceof OAuthError) logRefusal(ctx, error);
    ctx.state.measurements.countRefusal(response.code);
    // Koa keeps headers set before the error, but an error response must carry neither a Location nor a cookie.
    ctx.remove('Location');
    ctx.remove('Set-Cookie');
    send(ctx, error, response);
  }
}

function toErrorResponse(ctx: HttpContext, error: unknown): ErrorResponse {
  if (error instanceof OAuthError)
    return { status: error.status, code: error.code, title: 'This sign-in link does not work', message: error.message };
  if (error instanceof PageError)
    return { status: error.status, code: 'invalid_request', title: error.title, message: error.message };

  if (error instanceof TooManyAttempts)
    return {
      status: 429,
      code: 'temporarily_unavailable',
      title: 'Too many attempts',
      message: error.message,
      retryAfter: error.seconds,
    };

  const status = statusOf(error);
  if (status !== undefined) {
    const [title, message] = BY_STATUS[status] ?? BY_STATUS[400]!;
    return { status, code: 'invalid_request', title, message };
  }
  if (isTransientError(error)) {
    // Under overload there can be thousands per second, so they are counted and not logged.
    if (!(error instanceof Overloaded)) reportFailure(ctx.state.log, error, ctx.state.origin.requestId);
    const message = 'The server is busy or restarting. Try again in a moment.';
    return { status: 503, code: 'temporarily_unavailable', title: "We'll be right back", message, retryAfter: 1 };
  }
  ctx.state.log.error({ err: error, requestId: ctx.state.origin.requestId }, 'unexpected error');
  const message = 'An unexpected error occurred. The operator finds it in the log by the request id.';
  return { status: 500, code: 'server_error', title: 'Something went wrong on our side', message };
}

/** The 4xx status of an error thrown by Koa or raw-body (http-errors). Their 5xx errors count as unexpected. */
function statusOf(error: unknown): number | undefined {
  if (!(error instanceof Error)) return undefined;
  const { status, expose } = error as { status?: unknown; expose?: unknown };
  return typeof status === 'number' && status >= 400 && status < 500 && expose !== false ? status : undefined;
}

function send(ctx: HttpContext, error: unknown, { status, code, title, message, retryAfter }: ErrorResponse): void {
  ctx.status = status;
  ctx.set('Cache-Control', 'no-store');
  // RFC 6749 §5.2; RFC 9110 §15.5.2: every 401 needs a challenge.
  if (code === 'invalid_client') ctx.set('WWW-Authenticate', 'Basic realm="gatehouse", charset="UTF-8"');
  if (retryAfter !== undefined) ctx.set('Retry-After', String(retryAfter));
  // Closing the connection avoids reading the rest of an oversized body.
  if (status === 413) ctx.set('Connection', 'close');
  if (ctx.state.errorFormat === 'page') {
    ctx.type = 'html';
    ctx.body = errorPage(
      title,
      message,
      error instanceof PageError ? error.link : undefined,
      ctx.state.origin.requestId,
    );
  } else {
    ctx.set('Pragma', 'no-cache');
    ctx.type = 'application/json; charset=utf-8';
    ctx.body = JSON.stringify({ error: code, error_description: toDescription(message) });
  }
}
