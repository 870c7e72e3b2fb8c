import { readFileSync } from 'node:fs';
import { type Command, InvalidArgumentError, Option } from 'commander';
import { DomainError } from '../directory/error.ts';
import { ALL_PERMISSIONS, type Permission } from '../directory/permissions.ts';
import { SIGNING_ALGORITHM_NAMES, type SigningAlgorithm } from '../oauth/keys/signing-algorithm.ts';
import { GRANT_TYPES, type GrantType } from '../oauth/tokens/grants/grants.ts';
import { type Answer, runWith } from './command.ts';
import { secretFromStdin } from './secret-input.ts';

interface ClientOptions {
  readonly name: string;
  readonly grantType: readonly GrantType[];
  readonly redirectUri?: readonly string[];
  readonly postLogoutRedirectUri?: readonly string[];
  readonly backchannelLogoutUri?: string;
  readonly resource?: readonly string[];
  readonly accessTokenJwt?: true;
  readonly scope?: string;
  readonly public?: true;
  readonly jwks?: string;
  readonly idTokenAlg?: SigningAlgorithm;
  readonly pkce: boolean;
  readonly permission?: readonly Permission[];
  readonly id?: string;
  readonly secretStdin?: true;
}

interface RotationOptions {
  readonly label?: string;
  readonly overlap?: number;
}

export function addClientCommands(program: Command, env: NodeJS.ProcessEnv): void {
  const client = program.command('client').description('OAuth clients');
  client
    .command('create')
    .description('Register an OAuth client and print its client_id and, this once, its client_secret.')
    .requiredOption('--name <name>', 'what people are shown when they are asked for consent')
    .addOption(new Option('--grant-type <type...>', 'how it gets tokens').choices(GRANT_TYPES).makeOptionMandatory())
    .option('--redirect-uri <uri...>', 'where the code is sent, compared byte for byte')
    .option('--post-logout-redirect-uri <uri...>', 'where people may be sent back to once they have signed out')
    .option('--backchannel-logout-uri <uri>', 'where it is told that somebody has signed out')
    .option('--resource <uri...>', 'an API of yours that it may ask tokens for')
    .option('--access-token-jwt', 'its access tokens are JWTs, which an API checks by itself until they expire')
    .option('--scope <scopes>', 'what it may ask for, parted by blanks')
    .option('--public', 'has no secret: an app on a phone or in a browser')
    .addOption(
      new Option('--id-token-alg <algorithm>', 'how its ID tokens are signed').choices(SIGNING_ALGORITHM_NAMES),
    )
    .option('--jwks <file>', 'proves itself by private_key_jwt, with the public keys in this file (a JWK Set)')
    .option('--no-pkce', 'do not demand PKCE')
    .addOption(
      new Option('--permission <name...>', 'what it may do by itself (client_credentials)').choices(ALL_PERMISSIONS),
    )
    .option('--id <client_id>', 'the client_id it had elsewhere')
    .option('--secret-stdin', 'read the secret it had elsewhere from standard input')
    .option('--json', 'answer in JSON')
    .addHelpText(
      'after',
      `
Examples:
  $ gatehouse client create --name "My app" --grant-type authorization_code refresh_token \\
      --redirect-uri http://127.0.0.1:8000/callback --scope "openid profile read"
  $ gatehouse client create --name Nightly --grant-type client_credentials --scope read --permission READ_DIRECTORY --json`,
    )
    .action(async (options: ClientOptions, command: Command) => {
      const secret = options.secretStdin ? await secretFromStdin() : undefined;
      await runWith(env, command, async ({ actor, em }) => {
        const { registerClient } = await import('../oauth/registration/register.ts');
        const made = await registerClient(await em(), actor, registration(options), {
          clientId: options.id,
          secret,
        });
        return credentials(made.client.clientId, made.secret);
      });
    });

  client
    .command('rotate-secret')
    .description('Give a client a new secret; the earlier ones stay good for a while, so that it can change over.')
    .argument('<client_id>')
    .option('--label <text>', 'to tell its secrets apart')
    .option('--overlap <seconds>', 'how long the earlier secrets stay good (default: a day)', wholeNumber)
    .option('--json', 'answer in JSON')
    .addHelpText(
      'after',
      `
Example:
  $ gatehouse client rotate-secret 0aB…9z --overlap 3600 --json`,
    )
    .action(async (clientId: string, { label, overlap }: RotationOptions, command: Command) => {
      await runWith(env, command, async ({ actor, em }) => {
        const rotation = { label, overlapSeconds: overlap };
        const { rotateClientSecret } = await import('../oauth/registration/secrets.ts');
        const { secret } = await rotateClientSecret(await em(), actor, clientId, rotation);
        return credentials(clientId, secret);
      });
    });
}

function registration(options: ClientOptions) {
  return {
    name: options.name,
    grantTypes: options.grantType,
    redirectUris: options.redirectUri ?? [],
    postLogoutRedirectUris: options.postLogoutRedirectUri,
    backchannelLogoutUri: options.backchannelLogoutUri,
    resources: options.resource,
    accessTokenFormat: options.accessTokenJwt ? ('JWT' as const) : undefined,
    scope: options.scope,
    ...proof(options),
    idTokenSignedResponseAlg: options.idTokenAlg,
    requirePkce: options.pkce,
    servicePermissions: options.permission,
  };
}

/** RFC 6749 §2.3: how it will prove itself; a secret, unless it is told otherwise. */
function proof({ public: isPublic, jwks }: ClientOptions) {
  if (jwks !== undefined && isPublic)
    throw new DomainError('INVALID', 'A client is public or has keys of its own: leave out --public or --jwks');
  if (jwks === undefined) return { tokenEndpointAuthMethod: isPublic ? ('none' as const) : undefined };
  try {
    return { tokenEndpointAuthMethod: 'private_key_jwt' as const, jwks: JSON.parse(readFileSync(jwks, 'utf8')) };
  } catch {
    throw new DomainError('INVALID', `There is no JSON in ${jwks}, or it cannot be read`, ['jwks']);
  }
}

function credentials(clientId: string, secret: string | undefined): Answer {
  const lines = [`client_id:     ${clientId}`];
  if (secret !== undefined) lines.push(`client_secret: ${secret}`, 'Keep the secret now: it is not shown again.');
  return {
    facts: { client_id: clientId, ...(secret === undefined ? {} : { client_secret: secret }) },
    text: lines.join('\n'),
  };
}

function wholeNumber(text: string): number {
  if (!/^\d{1,9}$/.test(text)) throw new InvalidArgumentError('It must be a whole number of seconds.');
  return Number(text);
}
