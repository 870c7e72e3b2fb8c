import type { GenericFieldRef, GenericInputFieldRef } from '@pothos/core';
import { responseTypesOf } from '../../oauth/authorize/response-types.ts';
import { type ItemType, itemOf, type ValueOf } from '../../oauth/registration/attribute-types.ts';
import type { RegisteredClient } from '../../oauth/registration/list.ts';
import {
  type AttributeChanges,
  type AttributeName,
  type ClientChanges,
  type ClientRegistration,
  INITIAL,
  isListed,
  isOptional,
  type NewAttributes,
  perAttribute,
  TABLE,
} from '../../oauth/registration/metadata.ts';
import type { builder } from '../builder.ts';
import {
  AccessTokenFormatEnum,
  ApplicationTypeEnum,
  AuthMethodEnum,
  ConsentModeEnum,
  ResponseTypeEnum,
  SigningAlgorithmEnum,
} from './client-enums.ts';
import { GrantTypeEnum } from './grant-type.ts';
import { PermissionType } from './permission.ts';

export const MANAGED = 'Requires permission MANAGE_CLIENTS.';

/** The GraphQL type of each type of attributes. */
const TYPES = {
  String: 'String',
  Int: 'Int',
  Boolean: 'Boolean',
  JSONObject: 'JSONObject',
  GrantType: GrantTypeEnum,
  TokenEndpointAuthMethod: AuthMethodEnum,
  SigningAlgorithm: SigningAlgorithmEnum,
  AccessTokenFormat: AccessTokenFormatEnum,
  ApplicationType: ApplicationTypeEnum,
  ConsentMode: ConsentModeEnum,
  Permission: PermissionType,
} as const satisfies { readonly [Item in ItemType]: string | { readonly $inferInput: ValueOf<Item> } };

type Types = typeof builder extends PothosSchemaTypes.SchemaBuilder<infer Of> ? Of : never;
type OutputFields = PothosSchemaTypes.ObjectFieldBuilder<Types, RegisteredClient>;
type InputFields = PothosSchemaTypes.InputFieldBuilder<Types, 'InputObject'>;

type InputRefs<Values> = { readonly [Field in keyof Values]-?: GenericInputFieldRef<Values[Field]> };

/** The fields that register a client. */
export const registrationFields = (t: InputFields): InputRefs<ClientRegistration> => ({
  ...attributeInputs<NewAttributes>(t, true),
  scope: t.string({ description: inputDescription('scopes', true) }),
  responseTypes: responseTypesInput(t),
});

/** The fields that change a client: all are optional. */
export const changeFields = (t: InputFields): InputRefs<Omit<ClientChanges, 'disabled'>> => ({
  ...attributeInputs<AttributeChanges>(t, false),
  scope: t.string({ description: inputDescription('scopes', false) }),
  responseTypes: responseTypesInput(t),
});

/** An input field for each attribute except the scopes: RFC 7591 §2 writes them as one string. */
function attributeInputs<Values extends AttributeChanges>(t: InputFields, registers: boolean) {
  const { scopes, ...fields } = perAttribute<InputRefs<Values>>(<Name extends AttributeName>(name: Name) => {
    const type = TYPES[itemOf(TABLE[name].type)];
    const required = registers && TABLE[name].required === true;
    const description = inputDescription(name, registers);
    const field = isListed(name)
      ? t.field({ type: [type], required, description })
      : t.field({ type, required, description });
    // The cast is safe: `satisfies` checks that each GraphQL type in TYPES parses to the type of the attribute.
    return field as InputRefs<Values>[Name];
  });
  return fields;
}

const responseTypesInput = (t: InputFields) =>
  t.field({
    type: [ResponseTypeEnum],
    description:
      'Response types follow from the grant types and can be omitted. If given, they must match the grant types.',
  });

/** The fields of `Client` that show its attributes. */
export function attributeFields(t: OutputFields) {
  const { scopes, ...fields } = perAttribute<Record<AttributeName, GenericFieldRef>>((name) => attributeField(t, name));
  return {
    ...fields,
    scope: t.string({ description: outputDescription('scopes'), resolve: (client) => client.scopes.join(' ') }),
    responseTypes: t.field({
      type: [ResponseTypeEnum],
      description:
        'What the client may request at the authorization endpoint (RFC 7591 response_types). Follows from the grant types.',
      resolve: ({ grantTypes }) => responseTypesOf(grantTypes),
    }),
  };
}

function attributeField(t: OutputFields, name: AttributeName): GenericFieldRef {
  const type = TYPES[itemOf(TABLE[name].type)];
  const description = outputDescription(name);
  if (isListed(name)) return t.field({ type: [type], description, resolve: (client) => client[name] });
  if (isOptional(name)) return t.field({ type, description, nullable: true, resolve: (client) => client[name] });
  return t.field({ type, description, resolve: (client) => client[name] });
}

function inputDescription(name: AttributeName, registers: boolean): string {
  const { description, input, managed } = TABLE[name];
  return sentences(
    description,
    input,
    registers ? defaultSentence(name) : undefined,
    managed && (managed.values === undefined ? MANAGED : `${managed.values} requires permission MANAGE_CLIENTS.`),
  );
}

function defaultSentence(name: AttributeName): string | undefined {
  const initial = isListed(name) ? INITIAL[name].join(' ') : INITIAL[name];
  const isDefault = typeof initial === 'boolean' || (typeof initial === 'string' && initial !== '');
  return isDefault ? `Default: ${initial}.` : undefined;
}

function outputDescription(name: AttributeName): string {
  const { description, output, standard } = TABLE[name];
  return sentences(standard && `${standard}.`, description, output);
}

const sentences = (...parts: readonly (string | undefined)[]): string =>
  parts.filter((part) => part !== undefined).join(' ');
