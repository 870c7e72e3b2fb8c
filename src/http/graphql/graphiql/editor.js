/** What the bar does with GraphiQL's editors: Monaco says what is written there, and GraphiQL's own actions do the rest. */

const QUERY = 'operation.graphql';
const VARIABLES = 'variables.json';

/** Monaco, from when GraphiQL's script has run. */
const monaco = () => globalThis.monaco;

const editorOf = (file) =>
  monaco()
    .editor.getEditors()
    .find((editor) => editor.getModel()?.uri.path.endsWith(file));

/** What stands in the tab that is open, and where the cursor is. */
export function written() {
  const editor = editorOf(QUERY);
  const position = editor?.getPosition();
  return {
    query: editor?.getValue() ?? '',
    variables: editorOf(VARIABLES)?.getValue() ?? '',
    offset: position ? editor.getModel().getOffsetAt(position) : 0,
  };
}

/** As Ctrl-Enter does. */
export function run() {
  const editor = editorOf(QUERY);
  editor.focus();
  editor.getAction('graphql-run').run();
}

/** Monaco takes Tab for itself, so whoever has no mouse needs another way out. */
export function leaveByEscape(leave) {
  const { editor, KeyCode } = monaco();
  // Where something is open or selected, Escape already has a meaning.
  const open = ['suggestWidgetVisible', 'findWidgetVisible', 'parameterHintsVisible', 'editorHoverVisible'];
  const busy = [...open, 'editorHasSelection', 'editorHasMultipleSelections'];
  editor.addCommand({ id: 'gatehouse-leave', run: leave });
  editor.addKeybindingRule({
    keybinding: KeyCode.Escape,
    command: 'gatehouse-leave',
    when: ['editorTextFocus', ...busy.map((state) => `!${state}`)].join(' && '),
  });
}

/** GraphiQL looks at the system's colours once; its style sheet and our bar follow them, so the text has to as well. */
export function followSystemColours() {
  matchMedia('(prefers-color-scheme: dark)').addEventListener('change', ({ matches }) => {
    const chosen = document.body.matches('.graphiql-light, .graphiql-dark');
    if (!chosen) monaco().editor.setTheme(matches ? 'graphiql-DARK' : 'graphiql-LIGHT');
  });
}
