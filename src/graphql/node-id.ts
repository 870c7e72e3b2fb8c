import { prefixedId, uuidOf } from '../store/prefixed-id.ts';
import type { Context } from './context.ts';

/** A type whose rows can be found by their global id. */
export interface NodeType<Row extends object> {
  /** Three lower-case letters; the id is `prefix_…`. */
  readonly prefix: string;
  /** Loads the row with that UUID. */
  load(context: Context, uuid: string): Promise<Row | undefined>;
  /**
   * Whether the caller may see this row, in addition to the access rule of the type's id. If omitted, that rule alone decides.
   */
  sees?(context: Context, row: Row): boolean;
}

/** All node types by their names. Each type registers itself where it is declared. */
const NODE_TYPES = new Map<string, NodeType<object>>();

/** Throws if another type has the prefix. */
export function registerNodeType<Row extends object>(typename: string, type: NodeType<Row>): void {
  for (const { prefix } of NODE_TYPES.values())
    if (prefix === type.prefix) throw new Error(`${typename}: another type has the id prefix ${prefix}`);
  NODE_TYPES.set(typename, type);
}

export interface NodeId {
  readonly typename: string;
  readonly type: NodeType<object>;
  readonly uuid: string;
}

/** The global id is the prefixed id of the row. */
export function encodeNodeId(typename: string, uuid: string): string {
  const type = NODE_TYPES.get(typename);
  if (!type) throw new Error(`${typename} has no id prefix`);
  return prefixedId(type.prefix, uuid);
}

/** Decodes a global id. Undefined if it is malformed or has an unknown prefix. */
export function findNodeId(id: string): NodeId | undefined {
  for (const [typename, type] of NODE_TYPES) {
    const uuid = uuidOf(type.prefix, id);
    if (uuid !== undefined) return { typename, type, uuid };
  }
  return undefined;
}

/** Like findNodeId, but throws if the id is malformed or has an unknown prefix. */
export function decodeNodeId(id: string): { readonly typename: string; readonly id: string } {
  const found = findNodeId(id);
  if (!found) throw new Error('Not the id of a node');
  return { typename: found.typename, id: found.uuid };
}
