import type { GraphQLObjectType } from 'graphql';
import type { AccessRule } from './access.ts';

/** The rule for learning that an object exists, as its `__typename` does: that of its `id`. */
export const ruleOfNode = (type: GraphQLObjectType): AccessRule => type.getFields().id?.extensions.access as AccessRule;
