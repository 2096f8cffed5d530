// Ctrl+Enter (on a Mac also Cmd+Enter) in a text area of the form presses its button, once the area has handed over what was typed.
export default function ({ data, parentElement }) {
  const here = parentElement.getRootNode().host ?? parentElement, form = here.closest('[class*="st-key-form_"]');
  if (!form) return;
  const press = event => {
    if (event.key !== "Enter" || !(event.ctrlKey || event.metaKey) || event.isComposing || !event.target.matches?.("textarea")) return;
    setTimeout(() => form.querySelector(`.st-key-${data.button} button:enabled`)?.click());
  };
  form.addEventListener("keydown", press);
  return () => form.removeEventListener("keydown", press);
}
