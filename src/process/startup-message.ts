import type { Config } from '../config.ts';

export interface Started {
  /** Where it listens; what it calls itself is `config.issuer`. */
  readonly url: string;
  /** As given, but with the port it really has. */
  readonly config: Config;
  /** For the operator's eyes, never for a log: who opens it makes the first administrator. */
  readonly setupLink: string | undefined;
}

/** What a person at the terminal wants to know. */
export function startupMessage({ config: { issuer, graphiql }, setupLink }: Started): string {
  const lines = [`Gatehouse is ready at ${issuer}`];
  if (graphiql) lines.push(`  GraphiQL:  ${issuer}/graphiql`);
  if (setupLink !== undefined)
    lines.push(`  Set-up:    ${setupLink}`, '             makes the first administrator; works once, within one hour');
  return lines.join('\n');
}

/** The same for programs, as JSON. */
export function facts({ url, config: { issuer, graphiql }, setupLink }: Started): string {
  const optional = {
    ...(graphiql ? { graphiql: `${issuer}/graphiql` } : {}),
    ...(setupLink ? { setup: setupLink } : {}),
  };
  return JSON.stringify({ issuer, listening: url, ...optional });
}

/** `config` with the port that was found; the ticket is the set-up link's. */
export const describeStart = (config: Config, ticket: string | undefined): Started => ({
  url: address(config),
  config,
  setupLink: ticket === undefined ? undefined : `${config.issuer}/setup?ticket=${ticket}`,
});

function address({ host, port }: Config): string {
  const name = /^(127\.0\.0\.1|0\.0\.0\.0|::1?)$/.test(host) ? 'localhost' : host.includes(':') ? `[${host}]` : host;
  return `http://${name}:${port}`;
}
