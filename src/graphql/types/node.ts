import { brandWithType } from '@pothos/core';
import { isObjectType } from 'graphql';
import { forbidden } from '../../directory/error.ts';
import { missingFor } from '../access/access.ts';
import { ruleOfNode } from '../access/node-rule.ts';
import { builder } from '../builder.ts';
import type { Context } from '../context.ts';
import { refusalFor } from '../errors.ts';
import { findNodeId, type NodeId } from '../node-id.ts';
import { tokenOf } from '../request-actor.ts';
import { loadEvent, seesEvent } from './audit-event.ts';
import { loadClient, seesClient } from './client.ts';
import { loadGroup } from './group.ts';
import { loadUser } from './user.ts';

async function loadNode(context: Context, { typename, id }: NodeId): Promise<object | undefined> {
  if (typename === 'User') return loadUser(context, id);
  if (typename === 'Group') return loadGroup(context, id);
  if (typename === 'Client') return owned(await loadClient(context, id), (client) => seesClient(context, client));
  if (typename === 'AuditEvent') return owned(await loadEvent(context, id), (event) => seesEvent(context, event));
  return undefined;
}

function owned<Row>(row: Row | undefined, sees: (row: Row) => boolean): Row | undefined {
  if (row && !sees(row)) throw forbidden();
  return row;
}

builder.queryField('node', (t) =>
  t.field({
    type: builder.nodeInterfaceRef(),
    description:
      'Whatever has this id; null if nothing has. The rule is that of its type: who may not read its id is refused here as well.',
    nullable: true,
    access: 'token',
    args: { id: t.arg.id({ required: true, description: 'The id of a user, a group, a client or an event.' }) },
    resolve: async (_root, { id }, context, { schema }) => {
      const nodeId = findNodeId(id);
      const type = nodeId && schema.getType(nodeId.typename);
      if (!nodeId || !isObjectType(type)) return null;
      const token = tokenOf(context);
      const refusal = refusalFor(token, missingFor(token, ruleOfNode(type)), context.config.issuer);
      if (refusal) throw refusal;

      const node = await loadNode(context, nodeId);
      if (!node) return null;
      const branded = { ...node };
      brandWithType(branded, nodeId.typename as never);
      return branded;
    },
  }),
);
