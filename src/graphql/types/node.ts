import { brandWithType } from '@pothos/core';
import { isObjectType } from 'graphql';
import { forbidden } from '../../directory/error.ts';
import { missingFor, ruleOfNode } from '../access/access.ts';
import { builder } from '../builder.ts';
import { refusalFor } from '../errors.ts';
import { findNodeId } from '../node-id.ts';
import { tokenOf } from '../request-actor.ts';

builder.queryField('node', (t) =>
  t.field({
    type: builder.nodeInterfaceRef(),
    description:
      'The object with this id. Null if there is none. The access rule is that of the field `id` of its type.',
    nullable: true,
    access: 'token',
    // One subgraph cannot find the objects of another.
    extensions: { directives: { inaccessible: {} } },
    args: { id: t.arg.id({ required: true, description: 'The id of an object that implements `Node`.' }) },
    resolve: async (_root, { id }, context, { schema }) => {
      const found = findNodeId(id);
      const type = found && schema.getType(found.typename);
      if (!found || !isObjectType(type)) return null;
      const token = tokenOf(context);
      const refusal = refusalFor(token, missingFor(token, ruleOfNode(type)), context.config.issuer);
      if (refusal) throw refusal;

      const row = await found.type.load(context, found.uuid);
      if (!row) return null;
      if (found.type.sees?.(context, row) === false) throw forbidden();
      const node = { ...row };
      brandWithType(node, found.typename as never);
      return node;
    },
  }),
);
