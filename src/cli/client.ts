import { readFileSync } from 'node:fs';
import { type Command, InvalidArgumentError, Option } from 'commander';
import { DomainError } from '../directory/error.ts';
import { choicesOf } from '../oauth/registration/attribute-types.ts';
import {
  ATTRIBUTE_NAMES,
  type AttributeName,
  type ClientRegistration,
  known,
  type NewAttributes,
  perAttribute,
  TABLE,
} from '../oauth/registration/metadata.ts';
import { type CommandResult, runWith } from './command.ts';
import { secretFromStdin } from './secret-input.ts';

/** Options of `client create`. Those not listed here come from the table of attributes. */
interface CreateOptions {
  readonly scope?: string;
  readonly public?: true;
  readonly jwks?: string;
  readonly id?: string;
  readonly secretStdin?: true;
  readonly [attribute: string]: unknown;
}

interface RotationOptions {
  readonly label?: string;
  readonly overlap?: number;
}

export function addClientCommands(program: Command, env: NodeJS.ProcessEnv): void {
  const client = program.command('client').description('Manage OAuth clients');
  const create = client
    .command('create')
    .description('Register an OAuth client and print its client_id and its client_secret, which is shown only once.');
  for (const { option } of ATTRIBUTE_OPTIONS) create.addOption(option);
  create
    .option('--public', 'register a client without a secret, such as an app on a phone or in a browser')
    .option('--jwks <file>', 'authenticate by private_key_jwt, with the public keys in this file (a JWK Set)')
    .option('--id <client_id>', 'import an existing client_id')
    .option('--secret-stdin', 'import an existing client secret, read from standard input')
    .option('--json', 'print the result as JSON')
    .addHelpText(
      'after',
      `
Examples:
  $ gatehouse client create --name "My app" --grant-type authorization_code refresh_token \\
      --redirect-uri http://127.0.0.1:8000/callback --scope "openid profile read"
  $ gatehouse client create --name Nightly --grant-type client_credentials --scope read --permission READ_DIRECTORY --json`,
    )
    .action(async (options: CreateOptions, command: Command) => {
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
    .description(
      'Create a new client secret. Earlier secrets stay valid for a while, so that the client can change over.',
    )
    .argument('<client_id>')
    .option('--label <text>', 'name of the new secret')
    .option('--overlap <seconds>', 'how long earlier secrets stay valid (default: one day)', parseSeconds)
    .option('--json', 'print the result as JSON')
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

/** The attributes that have an option, in the order of the table. */
const ATTRIBUTE_OPTIONS = ATTRIBUTE_NAMES.flatMap((name) => {
  const { cli, description, required = false, type } = TABLE[name];
  if (cli === undefined) return [];
  const option = new Option(cli.flags, toHelp(cli.description ?? description));
  const choices = choicesOf(type);
  if (choices !== undefined && cli.preset === undefined) option.choices(choices);
  return [{ name, option: option.preset(cli.preset).makeOptionMandatory(required) }];
});

function registration({ public: isPublic, jwks, ...options }: CreateOptions): ClientRegistration {
  const given = new Map<AttributeName, unknown>(
    ATTRIBUTE_OPTIONS.map(({ name, option }) => [name, options[option.attributeName()]]),
  );
  const { scopes, ...attributes } = perAttribute<NewAttributes>(
    // Commander refuses a command line without the required ones.
    <Name extends AttributeName>(name: Name) => known(name, given.get(name)) as NewAttributes[Name],
  );
  return { ...attributes, scope: options.scope, ...authentication(isPublic, jwks) };
}

/** RFC 6749 §2.3: the client authenticates with a secret unless it is public or has keys. */
function authentication(isPublic: true | undefined, jwks: string | undefined) {
  if (jwks !== undefined && isPublic)
    throw new DomainError('INVALID', '--public and --jwks cannot be combined: a public client has no keys');
  if (jwks === undefined) return { tokenEndpointAuthMethod: isPublic ? ('none' as const) : undefined };
  try {
    return { tokenEndpointAuthMethod: 'private_key_jwt' as const, jwks: JSON.parse(readFileSync(jwks, 'utf8')) };
  } catch {
    throw new DomainError('INVALID', `${jwks} cannot be read, or is not JSON`, ['jwks']);
  }
}

function credentials(clientId: string, secret: string | undefined): CommandResult {
  const lines = [`client_id:     ${clientId}`];
  if (secret !== undefined) lines.push(`client_secret: ${secret}`, 'Store the secret now. It is not shown again.');
  return {
    facts: { client_id: clientId, ...(secret === undefined ? {} : { client_secret: secret }) },
    text: lines.join('\n'),
  };
}

/** Converts a description to the style of option help. `URIs` and `APIs` keep their capitals. */
function toHelp(description: string): string {
  return description.replace(/^[A-Z](?![A-Z])/, (letter) => letter.toLowerCase()).replace(/\.$/, '');
}

function parseSeconds(text: string): number {
  if (!/^\d{1,9}$/.test(text)) throw new InvalidArgumentError('It must be a whole number of seconds.');
  return Number(text);
}
