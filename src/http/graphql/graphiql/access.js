/** Greys out fields that the token may not use, in the documentation, the explorer and completion. Uses `token.canAccess`. */

/** Maximum number of coordinates of one `canAccess` query. */
const BATCH = 100;
const CAN_ACCESS = `query CanAccess($coordinates: [String!]!) {
  token { canAccess(coordinates: $coordinates) { coordinate answer missingScopes } }
}`;

/** @type {{ coordinate: string, name: string, description: string }[]} */
let fields = [];
/** @type {Map<string, string>} reasons by coordinate */
let denied = new Map();

/** Remembers the fields of an introspected schema. */
export function setSchema({ types }) {
  fields = types
    .filter(({ kind, name }) => kind === 'OBJECT' && !name.startsWith('__'))
    .flatMap((owner) =>
      owner.fields.map(({ name, description }) => ({
        coordinate: `${owner.name}.${name}`,
        name,
        description: description ?? '',
      })),
    );
}

export const clearAccess = () => {
  denied = new Map();
  markVisible();
};

/**
 * Loads the access of the current token. Returns a function that shows it.
 * @param send sends an operation and returns its result
 */
export async function loadAccess(send) {
  const found = new Map();
  for (let start = 0; start < fields.length; start += BATCH) {
    const coordinates = fields.slice(start, start + BATCH).map(({ coordinate }) => coordinate);
    const { data } = await send({ query: CAN_ACCESS, variables: { coordinates } });
    for (const { coordinate, answer, missingScopes } of data?.token?.canAccess ?? [])
      if (answer === 'NO')
        found.set(coordinate, missingScopes.length > 0 ? `needs ${missingScopes.join(' ')}` : 'not permitted');
  }
  return () => {
    denied = found;
    markVisible();
  };
}

/** GraphiQL renders the documentation and the explorer. This adds the reason to each field that is not allowed. */
function markVisible() {
  const type = document.querySelector('.graphiql-doc-explorer-title')?.textContent;
  for (const item of document.querySelectorAll('.graphiql-doc-explorer-item')) {
    const name = item.querySelector('.graphiql-doc-explorer-field-name')?.textContent;
    mark(item, denied.get(`${type}.${name}`));
  }
  for (const item of document.querySelectorAll('.graphiql-explorer-node > [data-field-name]'))
    mark(item, reasonFor(item.dataset.fieldName, item.title));
}

function mark(item, reason) {
  if (item.dataset.refused === reason) return;
  if (reason) item.dataset.refused = reason;
  else delete item.dataset.refused;
}

/** For places that do not show the type. Fields with the same name and description have the same rule, because the description contains it. */
function reasonFor(name, description) {
  const candidates = fields.filter((field) => field.name === name && field.description === description);
  const reasons = candidates.map(({ coordinate }) => denied.get(coordinate));
  return reasons.every((reason) => reason !== undefined) ? reasons[0] : undefined;
}

/** Must run before GraphiQL starts, because it wraps the completion provider that GraphiQL registers. */
export function markDeniedFields() {
  const { languages } = globalThis.monaco;
  const register = languages.registerCompletionItemProvider;
  languages.registerCompletionItemProvider = (language, provider) => {
    const provideCompletionItems = async (...parameters) => {
      const result = await provider.provideCompletionItems(...parameters);
      for (const item of result?.suggestions ?? []) {
        const reason = reasonFor(item.label, item.documentation?.value ?? '');
        // Monaco shows the description beside the label, and the style sheet greys out labels that have one.
        if (reason) item.label = { label: item.label, description: reason };
      }
      return result;
    };
    if (language !== 'graphql') return register(language, provider);
    return register(language, { triggerCharacters: provider.triggerCharacters, provideCompletionItems });
  };
  let scheduled = false;
  const draw = () => {
    scheduled = false;
    markVisible();
  };
  // At most once per frame, because typing in the editor also changes the page.
  new MutationObserver(() => {
    if (!scheduled) requestAnimationFrame(draw);
    scheduled = true;
  }).observe(document.getElementById('root'), { childList: true, subtree: true });
}
