// The probability of each next token as bars; a temperature changes all at once, computed here from the model's own numbers.
function made(name, attributes, parent, text) {
  const element = document.createElement(name);
  for (const [key, value] of Object.entries(attributes)) element.setAttribute(key, value);
  if (text !== undefined) element.textContent = text;
  if (parent) parent.append(element);
  return element;
}

// p to the power of 1 / temperature, scaled to sum to 1; at 0 the best take all.
export function tempered(logs, degrees) {
  let best = -Infinity, sum = 0;
  for (const each of logs) best = Math.max(best, each);
  const shares = Float64Array.from(logs, (each) => (degrees > 0 ? Math.exp((each - best) / degrees) : each >= best ? 1 : 0));
  for (const each of shares) sum += each;
  return shares.map((each) => each / sum);
}

const percent = (share) => `${(100 * share).toFixed(1)} %`;

export default function ({ data, parentElement, setTriggerValue }) {
  const root = parentElement.querySelector(".root");
  const focused = parentElement.activeElement?.dataset?.focus ?? root.getRootNode().activeElement?.dataset?.focus;
  const bytes = Uint8Array.from(atob(data.logs), (c) => c.charCodeAt(0)), logs = new Float32Array(bytes.buffer);
  let degrees = Number(root.dataset.temperature ?? 1);
  root.replaceChildren();

  const head = made("div", { class: "head" }, root), label = made("label", {}, head, "Temperature ");
  const slider = made("input", { type: "range", min: 0, max: data.hottest, step: 0.05, "data-focus": "temperature" }, label);
  slider.value = degrees;
  const shown = made("output", {}, head);
  const list = made("ol", { "aria-label": "The most probable next tokens" }, root);
  const rows = data.names.map((name, place) => {
    const button = made("button", { type: "button", "data-focus": `bar${place}` }, made("li", {}, list));
    const bar = made("span", { class: "bar" }, button);
    made("code", {}, button, name);
    const share = made("span", { class: "share" }, button);
    if (data.best[place] === 0) { button.disabled = true; button.title = "Here the text would end"; } else button.title = "Add this token";
    button.disabled ||= data.full;
    button.onclick = () => setTriggerValue("chosen", data.best[place]);
    return { bar, share };
  });
  const others = made("div", { class: "others" }, made("li", {}, list)), bar = made("span", { class: "bar" }, others);
  made("span", { class: "name" }, others, `the ${(logs.length - rows.length).toLocaleString("en")} other tokens together`);
  const share = made("span", { class: "share" }, others);
  rows.push({ bar, share });

  const acts = made("div", { class: "acts" }, root);
  for (const n of [1, data.several]) {
    const button = made("button", { type: "button", class: "act", "data-focus": `draw${n}` }, acts, n === 1 ? "Draw the next token" : `Draw ${n} tokens`);
    button.disabled = data.full;
    button.onclick = () => setTriggerValue("drawn", [degrees, n]);
  }

  const draw = () => {
    const shares = tempered(logs, degrees), own = data.best.map((token) => shares[token]);
    [...own, Math.max(0, 1 - own.reduce((a, b) => a + b, 0))].forEach((each, place) => {
      rows[place].bar.style.width = `${100 * each}%`;
      rows[place].share.textContent = percent(each);
    });
    shown.textContent = degrees.toFixed(2);
    root.dataset.temperature = degrees;
  };
  slider.oninput = () => { degrees = Number(slider.value); draw(); };
  draw();
  if (focused) root.querySelector(`[data-focus="${focused}"]`)?.focus({ preventScroll: true });
}
