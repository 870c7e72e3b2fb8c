import type { Config } from '../config.ts';

export interface Started {
  /** The address that the server listens on. Its public address is `config.issuer`. */
  readonly url: string;
  /** The configuration with the actual port. */
  readonly config: Config;
  /** Never logged, because anyone who opens it can create the first administrator. */
  readonly setupLink: string | undefined;
}

/** Start-up details for the terminal. */
export function startupMessage({ config: { issuer, graphiql }, setupLink }: Started): string {
  const lines = [`Gatehouse is ready at ${issuer}`];
  if (graphiql) lines.push(`  GraphiQL:  ${issuer}/graphiql`);
  if (setupLink !== undefined)
    lines.push(
      `  Set-up:    ${setupLink}`,
      '             creates the administrator account; works once, within one hour',
    );
  return lines.join('\n');
}

/** Start-up details for programs, as JSON. */
export function startupFacts({ url, config: { issuer, graphiql }, setupLink }: Started): string {
  const optional = {
    ...(graphiql ? { graphiql: `${issuer}/graphiql` } : {}),
    ...(setupLink ? { setup: setupLink } : {}),
  };
  return JSON.stringify({ issuer, listening: url, ...optional });
}

/** `config` has the actual port; `ticket` is that of the set-up link. */
export const describeStart = (config: Config, ticket: string | undefined): Started => ({
  url: address(config),
  config,
  setupLink: ticket === undefined ? undefined : `${config.issuer}/setup?ticket=${ticket}`,
});

function address({ host, port }: Config): string {
  const name = /^(127\.0\.0\.1|0\.0\.0\.0|::1?)$/.test(host) ? 'localhost' : host.includes(':') ? `[${host}]` : host;
  return `http://${name}:${port}`;
}
