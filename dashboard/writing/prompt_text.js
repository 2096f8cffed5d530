// What the components of the prompt page share: elements, a text of tokens, and a card beside a token.
function made(name, attributes = {}, parent = null, text = null) {
  const element = document.createElement(name);
  for (const [key, value] of Object.entries(attributes)) element.setAttribute(key, value);
  if (text !== null) element.textContent = text;
  if (parent) parent.append(element);
  return element;
}

const percent = (share) => (share >= 0.1 ? (100 * share).toFixed(0) : share >= 0.001 ? (100 * share).toPrecision(2) : "<0.1") + " %";

// A span for each token; a new line is seen as a sign too, since it is a token that can be pointed at.
function textOfTokens(pieces, root) {
  const text = made("div", { class: "text", dir: "auto" }, root);
  const spans = pieces.map((piece, i) => {
    const span = made("span", { class: "token", "data-token": i }, text);
    piece.split(/(\n)/).forEach((part) => {
      if (part === "\n") { made("span", { class: "sign", "aria-hidden": "true" }, span, "↵"); span.append("\n"); } else span.append(part);
    });
    if (!piece) made("span", { class: "sign" }, span, "∅");
    return span;
  });
  return { text, spans };
}

// Arrow keys walk along tokens, Home and End jump; `choose(i)` is told where one stands.
function walkable(element, count, label, choose) {
  element.tabIndex = 0;
  element.setAttribute("role", "application");
  element.setAttribute("aria-label", label);
  let at = -1;
  element.addEventListener("keydown", (event) => {
    const next = { ArrowRight: at + 1, ArrowLeft: at - 1, Home: 0, End: count - 1 }[event.key];
    if (next === undefined || event.target !== element) return;
    event.preventDefault();
    at = Math.min(Math.max(next, 0), count - 1);
    choose(at);
  });
  return (i) => { at = i; };
}

const tokenUnder = (event) => {
  const span = event.target.closest?.("[data-token]");
  return span ? +span.dataset.token : -1;
};

// Puts a card below (or, near the lower edge, above) what it is about, inside the root.
function placeCard(card, about, root) {
  const box = about.getClientRects()[0] || about.getBoundingClientRect(), outer = root.getBoundingClientRect();
  const left = Math.min(Math.max(box.left - outer.left, 0), Math.max(outer.width - card.offsetWidth, 0));
  card.style.left = `${left}px`;
  card.style.top = `${box.bottom - outer.top + 2}px`;
}
