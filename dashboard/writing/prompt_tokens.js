// Tokens shaded by how improbable they were; at each, what else the model would have written, from which one can branch.
const BINS = [[0.5, "50 % or more"], [0.2, "20–50 %"], [0.05, "5–20 %"], [0.01, "1–5 %"], [0, "below 1 %"]];
const SHADES = ["transparent", "rgb(200 85 27 / 16%)", "rgb(200 85 27 / 32%)", "rgb(200 85 27 / 50%)", "rgb(200 85 27 / 72%)"];

export default function ({ data, parentElement, setTriggerValue }) {
  const root = parentElement.querySelector(".root");
  const focused = parentElement.activeElement?.classList.contains("text");
  root.replaceChildren();
  const { pieces, probability, names, own, alternatives, chances, begins, alt } = data;

  const legend = made("div", { class: "legend" }, root);
  made("span", {}, legend, "Probability of each token:");
  BINS.forEach(([, words], bin) => {
    const entry = made("span", {}, legend);
    made("span", { class: "swatch", style: `background:${SHADES[bin]}` }, entry);
    entry.append(words);
  });

  const { text, spans } = textOfTokens(pieces, root);
  const spoken = made("div", { class: "status", role: "status" }, root);
  spans.forEach((span, i) => {
    const bin = probability[i] === null ? 0 : BINS.findIndex(([least]) => probability[i] >= least);
    span.style.background = SHADES[bin];
    if (i < begins) span.classList.add("prompt");
  });

  let card = null, pinned = false, current = -1, leaving = 0;
  const close = () => { card?.remove(); card = null; pinned = false; spans[current]?.classList.remove("here"); current = -1; };
  const said = (i) => probability[i] === null ? "the first token, nothing stands before it" : `probability ${percent(probability[i])}`;

  function open(i) {
    if (i === current && card) return;
    close();
    current = i;
    spans[i].classList.add("here");
    card = made("div", { class: "card", role: "group", "aria-label": "Alternatives" }, root);
    const head = made("p", {}, card);
    made("code", {}, head, names[own[i]]);
    head.append(`  ${said(i)}`);
    alternatives[i].forEach((token, place) => {
      const button = made("button", { class: "alternative", type: "button" }, card), chance = chances[i][place];
      made("span", { class: "bar", style: `width:${100 * chance}%` }, button);
      made("code", {}, button, names[token]);
      made("span", { class: "chance" }, button, percent(chance));
      if (token === own[i]) button.classList.add("own");
      if (token === 0) { button.disabled = true; button.title = "Here the text would end"; }
      else { button.title = "Go on from here"; button.onclick = () => setTriggerValue("branch", [i, place]); }
    });
    placeCard(card, spans[i], root);
    card.onpointerenter = () => clearTimeout(leaving);
    card.onpointerleave = soon;
    card.onkeydown = (event) => {
      const step = { ArrowDown: 1, ArrowUp: -1 }[event.key], buttons = [...card.querySelectorAll("button:not(:disabled)")];
      if (event.key === "Escape") { close(); text.focus(); }
      if (!step) return;
      event.preventDefault();
      buttons[(buttons.indexOf(event.target) + step + buttons.length) % buttons.length]?.focus();
    };
  }

  const soon = () => { clearTimeout(leaving); leaving = setTimeout(() => { if (!pinned) close(); }, 250); };
  const stand = walkable(text, pieces.length, alt, (i) => {
    open(i);
    pinned = true;
    spans[i].scrollIntoView({ block: "nearest" });
    const most = alternatives[i].slice(0, 3).map((token, place) => `${names[token]} ${percent(chances[i][place])}`);
    spoken.textContent = `${names[own[i]]}: ${said(i)}.${most.length ? ` Most probable: ${most.join(", ")}. Enter: choose one.` : ""}`;
  });
  text.addEventListener("pointermove", (event) => {
    const i = tokenUnder(event);
    if (i < 0 || pinned || event.pointerType === "touch") return;
    clearTimeout(leaving);
    open(i);
  });
  text.addEventListener("pointerleave", soon);
  text.addEventListener("click", (event) => {
    const i = tokenUnder(event);
    if (i < 0) return close();
    open(i);
    pinned = true;
    stand(i);
  });
  text.addEventListener("keydown", (event) => {
    if (event.key === "Escape") close();
    if ((event.key === "Enter" || event.key === "ArrowDown") && card) {
      event.preventDefault();
      card.querySelector("button:not(:disabled)")?.focus();
    }
  });
  const outside = (event) => { if (pinned && !event.composedPath().includes(root)) close(); };
  document.addEventListener("pointerdown", outside);
  if (focused) text.focus({ preventScroll: true });
  return () => { clearTimeout(leaving); document.removeEventListener("pointerdown", outside); };
}
