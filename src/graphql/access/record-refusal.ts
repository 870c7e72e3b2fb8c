import { type DocumentNode, getOperationAST, Kind } from 'graphql';
import { record } from '../../store/audit/record.ts';
import type { Context } from '../context.ts';

interface RefusedOperation {
  readonly document: DocumentNode;
  readonly operationName?: string | null | undefined;
}

/** Refusals that are recorded for one token in a minute, by one process. Further ones are counted. */
const MAX_RECORDED = 60;
const MINUTE = 60_000;

interface Window {
  readonly since: number;
  recorded: number;
  unrecorded: number;
}

/** By the id of the token, in the order in which the windows began. */
const windows = new Map<string, Window>();

/** How many refusals were not recorded in the window before; undefined if this one is not to be recorded either. */
function countRefusal(tokenId: string, now: number): number | undefined {
  const known = windows.get(tokenId);
  for (const [id, { since }] of windows) {
    if (now - since < MINUTE) break;
    windows.delete(id);
  }
  if (known && now - known.since < MINUTE) {
    if (known.recorded === MAX_RECORDED) {
      known.unrecorded += 1;
      return undefined;
    }
    known.recorded += 1;
    return 0;
  }
  windows.delete(tokenId);
  windows.set(tokenId, { since: now, recorded: 1, unrecorded: 0 });
  return known?.unrecorded ?? 0;
}

/** Records a refusal for a missing permission in the audit trail. Missing scopes are not recorded, because clients discover scopes that way. */
export async function recordRefusal(
  { token, sql, now, origin }: Context,
  { document, operationName }: RefusedOperation,
  errors: readonly { readonly extensions: Record<string, unknown> }[],
): Promise<void> {
  if (!token || !errors.some(({ extensions }) => extensions.code === 'FORBIDDEN')) return;
  const unrecorded = countRefusal(token.id, now.getTime());
  if (unrecorded === undefined) return;
  const selections = getOperationAST(document, operationName)?.selectionSet.selections ?? [];
  const fields = selections.flatMap((item) => (item.kind === Kind.FIELD ? [item.name.value] : []));
  await record(sql, {
    kind: 'access.refused',
    at: now,
    actorId: token.user?.id,
    clientId: token.client.id,
    origin,
    detail: { fields: [...new Set(fields)], ...(unrecorded > 0 && { unrecorded }) },
  });
}
