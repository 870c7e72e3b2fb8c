import { findAdvertised } from '../../oauth/advertised.ts';
import { authorizationServerMetadata, protectedResourceMetadata, resourcePaths } from '../../oauth/metadata.ts';
import type { Handler, HttpContext } from '../context.ts';
import { allowPublicCaching } from '../headers.ts';
import type { Route } from '../route.ts';
import { METADATA_PATH } from './protected-resource.ts';

/** RFC 8414 §3, OpenID Connect Discovery 1.0 §4, RFC 9728 §3: metadata documents for the endpoints at `paths`. */
export function wellKnownRoutes(paths: ReadonlySet<string>): Record<string, Route> {
  const server = document(async ({ state: { sql, config } }) =>
    authorizationServerMetadata(config.issuer, paths, await findAdvertised(sql)),
  );
  const resources = resourcePaths(paths).map((path) => [
    METADATA_PATH + path,
    document(({ state: { config } }) => protectedResourceMetadata(config.issuer, path)),
  ]);
  return {
    '/.well-known/openid-configuration': server,
    '/.well-known/oauth-authorization-server': server,
    ...Object.fromEntries(resources),
  };
}

function document(describe: (ctx: HttpContext) => object | Promise<object>): Route {
  const GET: Handler = async (ctx) => {
    const described = await describe(ctx);
    allowPublicCaching(ctx);
    ctx.body = described;
  };
  return { errorFormat: 'json', cors: 'any', GET };
}
