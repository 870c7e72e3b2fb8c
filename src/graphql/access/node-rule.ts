import type { GraphQLObjectType } from 'graphql';
import type { AccessRule } from './access.ts';

/** Who may know that a thing of this type is there: whoever may read its id. Its `__typename` tells as much. */
export const ruleOfNode = (type: GraphQLObjectType): AccessRule => type.getFields().id?.extensions.access as AccessRule;
