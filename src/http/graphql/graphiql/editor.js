/** Access to GraphiQL's editors: reads their contents through Monaco and runs GraphiQL's own actions. */

const QUERY = 'operation.graphql';
const VARIABLES = 'variables.json';

/** Defined once GraphiQL's script has run. */
const monaco = () => globalThis.monaco;

const editorOf = (file) =>
  monaco()
    .editor.getEditors()
    .find((editor) => editor.getModel()?.uri.path.endsWith(file));

/** The contents of the active tab and the position of the cursor. */
export function editorContents() {
  const editor = editorOf(QUERY);
  const position = editor?.getPosition();
  return {
    query: editor?.getValue() ?? '',
    variables: editorOf(VARIABLES)?.getValue() ?? '',
    offset: position ? editor.getModel().getOffsetAt(position) : 0,
  };
}

/** Runs the operation, as Ctrl-Enter does. */
export function run() {
  const editor = editorOf(QUERY);
  editor.focus();
  editor.getAction('graphql-run').run();
}

/** Monaco uses Tab for indentation, so keyboard users leave the editor with Escape. */
export function focusOnEscape(moveFocus) {
  const { editor, KeyCode } = monaco();
  // Escape keeps its meaning while a widget is open or text is selected.
  const open = ['suggestWidgetVisible', 'findWidgetVisible', 'parameterHintsVisible', 'editorHoverVisible'];
  const busy = [...open, 'editorHasSelection', 'editorHasMultipleSelections'];
  editor.addCommand({ id: 'gatehouse-leave', run: moveFocus });
  editor.addKeybindingRule({
    keybinding: KeyCode.Escape,
    command: 'gatehouse-leave',
    when: ['editorTextFocus', ...busy.map((state) => `!${state}`)].join(' && '),
  });
}

/** GraphiQL reads the system's colour scheme only at start. Its style sheet and our bar follow changes, so the editor must too. */
export function followSystemColours() {
  matchMedia('(prefers-color-scheme: dark)').addEventListener('change', ({ matches }) => {
    const chosen = document.body.matches('.graphiql-light, .graphiql-dark');
    if (!chosen) monaco().editor.setTheme(matches ? 'graphiql-DARK' : 'graphiql-LIGHT');
  });
}
