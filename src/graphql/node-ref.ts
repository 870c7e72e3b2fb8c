import { builder } from './builder.ts';
import { type NodeType, registerNodeType } from './node-id.ts';

/** Declares a type that `node` finds by its global id; its fields are declared with `builder.node`. */
export function nodeRef<Row extends object>(name: string, type: NodeType<Row>) {
  registerNodeType(name, type);
  return builder.objectRef<Row>(name);
}
