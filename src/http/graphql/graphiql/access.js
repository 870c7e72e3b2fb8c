/** What this token may not do, from `token.canAccess`: shown greyed in the documentation, the explorer and completion. */

/** The most that `canAccess` answers at once. */
const AT_ONCE = 100;
const CAN_ACCESS = `query CanAccess($coordinates: [String!]!) {
  token { canAccess(coordinates: $coordinates) { coordinate answer missingScopes } }
}`;

/** @type {{ coordinate: string, name: string, description: string }[]} */
let fields = [];
/** @type {Map<string, string>} why not, by coordinate */
let refused = new Map();

/** The fields of an introspected schema. */
export function learnSchema({ types }) {
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

export const forgetAccess = () => {
  refused = new Map();
  markDrawn();
};

/** @param ask sends an operation and gives its answer */
export async function learnAccess(ask) {
  const found = new Map();
  for (let start = 0; start < fields.length; start += AT_ONCE) {
    const coordinates = fields.slice(start, start + AT_ONCE).map(({ coordinate }) => coordinate);
    const { data } = await ask({ query: CAN_ACCESS, variables: { coordinates } });
    for (const { coordinate, answer, missingScopes } of data?.token?.canAccess ?? [])
      if (answer === 'NO')
        found.set(coordinate, missingScopes.length > 0 ? `needs ${missingScopes.join(' ')}` : 'not permitted');
  }
  return () => {
    refused = found;
    markDrawn();
  };
}

/** The documentation and the explorer are GraphiQL's to draw; this says beside a field what stands against it. */
function markDrawn() {
  const type = document.querySelector('.graphiql-doc-explorer-title')?.textContent;
  for (const item of document.querySelectorAll('.graphiql-doc-explorer-item')) {
    const name = item.querySelector('.graphiql-doc-explorer-field-name')?.textContent;
    mark(item, refused.get(`${type}.${name}`));
  }
  for (const item of document.querySelectorAll('.graphiql-explorer-node > [data-field-name]'))
    mark(item, whyNot(item.dataset.fieldName, item.title));
}

function mark(item, why) {
  if (item.dataset.refused === why) return;
  if (why) item.dataset.refused = why;
  else delete item.dataset.refused;
}

/** Where the type is not told: fields that are alike in name and description, which ends with the rule, have the same rule. */
function whyNot(name, description) {
  const alike = fields.filter((field) => field.name === name && field.description === description);
  const reasons = alike.map(({ coordinate }) => refused.get(coordinate));
  return reasons.every((reason) => reason !== undefined) ? reasons[0] : undefined;
}

/** Before GraphiQL starts: its completion of GraphQL then passes through here. */
export function markWhatIsRefused() {
  const { languages } = globalThis.monaco;
  const register = languages.registerCompletionItemProvider;
  languages.registerCompletionItemProvider = (language, provider) => {
    const provideCompletionItems = async (...asked) => {
      const answer = await provider.provideCompletionItems(...asked);
      for (const item of answer?.suggestions ?? []) {
        const why = whyNot(item.label, item.documentation?.value ?? '');
        // A label in two parts: the style sheet knows it by that, and Monaco shows the second beside the first.
        if (why) item.label = { label: item.label, description: why };
      }
      return answer;
    };
    if (language !== 'graphql') return register(language, provider);
    return register(language, { triggerCharacters: provider.triggerCharacters, provideCompletionItems });
  };
  let waiting = false;
  const draw = () => {
    waiting = false;
    markDrawn();
  };
  // Once a frame: typing in the editor changes the page as well.
  new MutationObserver(() => {
    if (!waiting) requestAnimationFrame(draw);
    waiting = true;
  }).observe(document.getElementById('root'), { childList: true, subtree: true });
}
