import { authorizationServerMetadata, protectedResourceMetadata, RESOURCES } from '../../oauth/metadata.ts';
import type { Handler } from '../context.ts';
import { allowPublicCaching } from '../headers.ts';
import type { Route } from '../route.ts';
import { METADATA_PATH } from './protected-resource.ts';

/** RFC 8414 §3, OpenID Connect Discovery 1.0 §4, RFC 9728 §3: metadata documents for the endpoints at `paths`. */
export function wellKnownRoutes(paths: ReadonlySet<string>): Record<string, Route> {
  const server = document((issuer) => authorizationServerMetadata(issuer, paths));
  const described = ['', ...RESOURCES.filter((path) => paths.has(path))];
  const resources = described.map((path) => [
    METADATA_PATH + path,
    document((issuer) => protectedResourceMetadata(issuer, path)),
  ]);
  return {
    '/.well-known/openid-configuration': server,
    '/.well-known/oauth-authorization-server': server,
    ...Object.fromEntries(resources),
  };
}

function document(describe: (issuer: string) => object): Route {
  const GET: Handler = (ctx) => {
    allowPublicCaching(ctx);
    ctx.body = describe(ctx.state.config.issuer);
  };
  return { errorFormat: 'json', cors: 'any', GET };
}
