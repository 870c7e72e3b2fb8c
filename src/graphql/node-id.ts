import { type IdPrefix, prefixedId, uuidOf } from '../store/prefixed-id.ts';

/** The types that `node` can find, by the first letters of their ids. */
const PREFIXES: Record<string, IdPrefix> = { User: 'usr', Group: 'grp', Client: 'cli', AuditEvent: 'evt' };

export interface NodeId {
  readonly typename: string;
  readonly id: string;
}

/** The global id is the id the whole world sees. */
export function encodeNodeId(typename: string, uuid: string): string {
  const prefix = PREFIXES[typename];
  if (!prefix) throw new Error(`${typename} has no id prefix`);
  return prefixedId(prefix, uuid);
}

/** Undefined for what is nobody's id. */
export function findNodeId(id: string): NodeId | undefined {
  const found = Object.entries(PREFIXES).find(([, prefix]) => id.startsWith(`${prefix}_`));
  const uuid = found && uuidOf(found[1], id);
  return found && uuid !== undefined ? { typename: found[0], id: uuid } : undefined;
}

export function decodeNodeId(id: string): NodeId {
  const found = findNodeId(id);
  if (!found) throw new Error('not an id of ours');
  return found;
}
