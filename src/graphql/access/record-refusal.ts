import { type DocumentNode, getOperationAST, Kind } from 'graphql';
import { record } from '../../store/audit/record.ts';
import type { Context } from '../context.ts';

interface RefusedOperation {
  readonly document: DocumentNode;
  readonly operationName?: string | null | undefined;
}

/** Records a refusal for a missing permission in the audit trail. Missing scopes are not recorded, because clients discover scopes that way. */
export async function recordRefusal(
  { token, sql, now, origin }: Context,
  { document, operationName }: RefusedOperation,
  errors: readonly { readonly extensions: Record<string, unknown> }[],
): Promise<void> {
  if (!token || !errors.some(({ extensions }) => extensions.code === 'FORBIDDEN')) return;
  const selections = getOperationAST(document, operationName)?.selectionSet.selections ?? [];
  const fields = selections.flatMap((item) => (item.kind === Kind.FIELD ? [item.name.value] : []));
  await record(sql, {
    kind: 'access.refused',
    at: now,
    actorId: token.user?.id,
    clientId: token.client.id,
    origin,
    detail: { fields: [...new Set(fields)] },
  });
}
