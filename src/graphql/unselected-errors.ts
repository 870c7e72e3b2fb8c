import SchemaBuilder, { BasePlugin, type PothosOutputFieldConfig, type SchemaTypes } from '@pothos/core';
import type { SelectionSetNode } from 'graphql';
import {
  type GraphQLError,
  type GraphQLFieldResolver,
  type GraphQLResolveInfo,
  Kind,
  responsePathAsArray,
} from 'graphql';
import { createGraphQLError } from 'graphql-yoga';

const NAME = 'unselectedErrors' as const;

declare global {
  // Pothos plugins declare their options by merging into this namespace.
  export namespace PothosSchemaTypes {
    export interface Plugins<Types extends SchemaTypes> {
      unselectedErrors: UnselectedErrorsPlugin<Types>;
    }
  }
}

interface InputError {
  readonly code: string;
  readonly message: string;
  readonly path: readonly string[] | undefined;
}

/** By the context of the operation. */
const reported = new WeakMap<object, GraphQLError[]>();

/** The input errors of mutations whose payload was read without its `errors`, as top-level errors. */
export const unselectedErrors = (context: object): readonly GraphQLError[] => reported.get(context) ?? [];

/** A client that does not select `errors` would take a refused mutation for a successful one. */
class UnselectedErrorsPlugin<Types extends SchemaTypes> extends BasePlugin<Types> {
  override wrapResolve(
    resolve: GraphQLFieldResolver<unknown, Types['Context'], object>,
    { parentType }: PothosOutputFieldConfig<Types>,
  ): GraphQLFieldResolver<unknown, Types['Context'], object> {
    if (parentType !== 'Mutation') return resolve;
    return async (parent, args, context, info) => {
      const payload = (await resolve(parent, args, context, info)) as {
        readonly errors?: readonly InputError[];
      } | null;
      if (payload?.errors && !info.fieldNodes.some(({ selectionSet }) => selectsErrors(selectionSet, info)))
        reported.set(context, [
          ...unselectedErrors(context),
          ...payload.errors.map((error) => topLevelError(error, info)),
        ]);
      return payload;
    };
  }
}

function selectsErrors(set: SelectionSetNode | undefined, info: GraphQLResolveInfo): boolean {
  return (set?.selections ?? []).some((selection) => {
    if (selection.kind === Kind.FIELD) return selection.name.value === 'errors';
    const inner = selection.kind === Kind.INLINE_FRAGMENT ? selection : info.fragments[selection.name.value];
    return selectsErrors(inner?.selectionSet, info);
  });
}

const topLevelError = ({ code, message, path }: InputError, info: GraphQLResolveInfo): GraphQLError =>
  createGraphQLError(message, {
    nodes: [...info.fieldNodes],
    path: responsePathAsArray(info.path),
    extensions: { code: code === 'NOT_FOUND' ? 'NOT_FOUND' : 'BAD_USER_INPUT', ...(path && { field: path }) },
  });

SchemaBuilder.registerPlugin(NAME, UnselectedErrorsPlugin);
