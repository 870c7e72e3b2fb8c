/** Strings and comments whole, so that nothing written in them is taken for a keyword. */
const TOKEN = /"""(?:\\"""|[\s\S])*?"""|"(?:\\.|[^"\\\n\r])*"|#[^\n\r]*|[{}()[\]@]|[_A-Za-z]\w*/g;
const KINDS = ['query', 'mutation', 'subscription'];

/**
 * GraphQL §2.3: the operations of a document, which need not parse as yet.
 * @param {string} document
 * @returns {{ kind: string, name: string | undefined, index: number }[]} index: where it begins
 */
export function operationsIn(document) {
  const found = [];
  let depth = 0;
  let definition;
  let previous;
  for (const { 0: token, index } of document.matchAll(TOKEN)) {
    if (/^["#]/.test(token)) continue;
    if (depth === 0 && definition === undefined) {
      definition = token === '{' ? 'query' : token;
      if (KINDS.includes(definition)) found.push({ kind: definition, name: undefined, index });
    } else if (depth === 0 && previous === definition && KINDS.includes(previous) && /^\w/.test(token))
      found.at(-1).name ??= token;
    if (/[{([]/.test(token)) depth += 1;
    if (/[})\]]/.test(token)) depth = Math.max(0, depth - 1);
    if (depth === 0 && token === '}') definition = undefined;
    previous = token;
  }
  return found;
}

/** Whether running it may change something: also where it is not clear which operation is meant. */
export const mayMutate = (document, operationName) =>
  operationsIn(document).some(({ kind, name }) => kind === 'mutation' && (!operationName || name === operationName));

/** The operation the cursor stands in; above the first, that one. */
export const operationAt = (document, offset) => {
  const operations = operationsIn(document);
  return operations.findLast(({ index }) => index <= offset) ?? operations[0];
};
