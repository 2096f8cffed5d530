// Keys to play a melody on, by mouse, touch and keyboard: each press adds a note of the chosen length.
const LETTERS = "awsedftgyhujkolp", BLACK = [1, 3, 6, 8, 10], LOW = 60, MANY = 25;

function made(name, attributes, parent) {
  const element = document.createElement(name);
  for (const [key, value] of Object.entries(attributes)) element.setAttribute(key, value);
  if (parent) parent.append(element);
  return element;
}

let context = null;
function sound(pitch) {
  context = context || new AudioContext();
  const wave = context.createOscillator(), loud = context.createGain(), now = context.currentTime;
  wave.type = "triangle";
  wave.frequency.value = 440 * 2 ** ((pitch - 69) / 12);
  loud.gain.setValueAtTime(0.25, now);
  loud.gain.exponentialRampToValueAtTime(0.001, now + 0.6);
  wave.connect(loud).connect(context.destination);
  wave.start(now);
  wave.stop(now + 0.6);
}

export default function ({ data, parentElement, setStateValue }) {
  const root = parentElement.querySelector(".keys");
  const { lengths, names, most, said } = data;
  const focused = parentElement.getRootNode().activeElement?.dataset?.pitch;
  const kept = root.kept || (root.kept = { notes: data.notes || [], length: 1, at: 12 });
  root.replaceChildren();
  const bar = made("div", { class: "bar", role: "group", "aria-label": "Length of the next note" }, root);
  const chosen = lengths.map(([name, steps], i) => {
    const button = made("button", { type: "button", "aria-pressed": String(kept.length === i) }, bar);
    button.textContent = name;
    button.onclick = () => { kept.length = i; chosen.forEach((each, j) => each.setAttribute("aria-pressed", String(i === j))); };
    return button;
  });
  const rest = made("button", { type: "button" }, bar), undo = made("button", { type: "button" }, bar), clear = made("button", { type: "button" }, bar);
  rest.textContent = "Rest";
  undo.textContent = "Undo";
  clear.textContent = "Clear";
  const board = made("div", { class: "board", role: "group", "aria-label": said }, root);
  const told = made("div", { class: "told", role: "status" }, root);
  const total = () => kept.notes.reduce((sum, note) => sum + note[1], 0);
  const tell = () => {
    told.textContent = kept.notes.length
      ? `${total()} of ${most} steps: ${kept.notes.map(([pitch]) => (pitch ? names[pitch] : "rest")).join(" ")}`
      : "No notes yet.";
  };
  const change = () => { tell(); setStateValue("notes", kept.notes); };
  const add = (pitch) => {
    const steps = lengths[kept.length][1];
    if (pitch) sound(pitch);
    if (total() + steps > most) { told.textContent = `The model overlooks ${most} steps at once, so no more fits; undo a note to add another.`; return; }
    kept.notes = [...kept.notes, [pitch, steps]];
    change();
  };
  rest.onclick = () => add(0);
  undo.onclick = () => { kept.notes = kept.notes.slice(0, -1); change(); };
  clear.onclick = () => { kept.notes = []; change(); };
  const keys = Array.from({ length: MANY }, (_, i) => {
    const pitch = LOW + i, black = BLACK.includes(pitch % 12);
    const key = made("button", { type: "button", class: black ? "black" : "white", "data-pitch": pitch, "aria-label": names[pitch], tabindex: i === kept.at ? 0 : -1 }, board);
    const letter = LETTERS[i] || "";
    key.textContent = letter;
    key.onclick = () => { kept.at = i; add(pitch); };
    return key;
  });
  board.onkeydown = (event) => {
    const place = LETTERS.indexOf(event.key.toLowerCase());
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    if (event.key === "ArrowRight" || event.key === "ArrowLeft") {
      event.preventDefault();
      kept.at = Math.min(Math.max(kept.at + (event.key === "ArrowRight" ? 1 : -1), 0), MANY - 1);
      keys.forEach((key, i) => key.setAttribute("tabindex", i === kept.at ? 0 : -1));
      keys[kept.at].focus();
    } else if (event.key === "Backspace") { event.preventDefault(); undo.onclick(); }
    else if (place >= 0 && !event.repeat) { event.preventDefault(); add(LOW + place); }
  };
  tell();
  if (focused) keys.find((key) => key.dataset.pitch === focused)?.focus({ preventScroll: true });
}
