// A field or button that folds away takes the focus with it: who had it goes on at the button that opens the form again.
export default function ({ data, parentElement }) {
  const here = parentElement.getRootNode().host ?? parentElement, whole = here.closest('[class*="st-key-fold_"]');
  if (!whole) return;
  const was = whole.dataset.folded, wanted = data.folded ? '[class*="st-key-change_"] button' : '[class*="st-key-form_"] :is(input, textarea)';
  whole.dataset.folded = data.folded ? "yes" : "no";
  if (was === undefined || was === whole.dataset.folded) return;
  const lost = () => document.activeElement === document.body || !document.activeElement.checkVisibility();
  let tries = 0;
  const go = () => {
    if (lost()) whole.querySelector(wanted)?.focus({ preventScroll: true });
    if (lost() && tries++ < 60) requestAnimationFrame(go);
  };
  requestAnimationFrame(go);
}
