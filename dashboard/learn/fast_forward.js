// The texts of every epoch as frames, and the losses with a mark at the epoch that is shown. All frames are here.
const SVG = "http://www.w3.org/2000/svg", WIDE = 420, HIGH = 180, EDGE = { left: 44, right: 10, top: 10, bottom: 34 };

function made(name, attributes, parent, text) {
  const drawn = ["svg", "polyline", "circle", "line", "text"].includes(name);
  const element = drawn ? document.createElementNS(SVG, name) : document.createElement(name);
  for (const [key, value] of Object.entries(attributes)) element.setAttribute(key, value);
  if (text !== undefined) element.textContent = text;
  if (parent) parent.append(element);
  return element;
}

function chart(data, parent) {
  const held = data.frames.map((frame) => frame.loss), known = held.filter(Boolean);
  const points = [...data.curve, ...known];
  if (!points.length) return () => {};
  const last = Math.max(...points.map(([step]) => step)), top = Math.ceil(Math.max(...points.map(([, loss]) => loss)));
  const x = (step) => EDGE.left + ((WIDE - EDGE.left - EDGE.right) * step) / last, y = (loss) => HIGH - EDGE.bottom - ((HIGH - EDGE.top - EDGE.bottom) * loss) / top;
  const svg = made("svg", { viewBox: `0 0 ${WIDE} ${HIGH}`, role: "img", "aria-label": "Loss over the steps of the training; the table below has the numbers" }, parent);
  for (const loss of [0, top / 2, top]) {
    made("line", { x1: EDGE.left, x2: WIDE - EDGE.right, y1: y(loss), y2: y(loss), class: "grid" }, svg);
    made("text", { x: EDGE.left - 6, y: y(loss) + 4, "text-anchor": "end" }, svg, loss);
  }
  made("text", { x: (EDGE.left + WIDE) / 2, y: HIGH - 4, "text-anchor": "middle" }, svg, "Step of the training");
  made("text", { x: 12, y: HIGH / 2 - 10, "text-anchor": "middle", transform: `rotate(-90 12 ${HIGH / 2 - 10})` }, svg, "Loss (nats per token)");
  made("text", { x: x(last), y: HIGH - 18, "text-anchor": "end" }, svg, last.toLocaleString("en"));
  made("text", { x: EDGE.left, y: HIGH - 18 }, svg, "0");
  made("polyline", { points: data.curve.map(([step, loss]) => `${x(step)},${y(loss)}`).join(" "), class: "curve" }, svg);
  for (const [step, loss] of known) made("circle", { cx: x(step), cy: y(loss), r: 3, class: "held" }, svg);
  const mark = made("circle", { r: 7, class: "mark" }, svg);
  return (number) => {
    mark.style.display = held[number] ? "" : "none";
    if (held[number]) { mark.setAttribute("cx", x(held[number][0])); mark.setAttribute("cy", y(held[number][1])); }
  };
}

export default function ({ data, parentElement }) {
  const root = parentElement.querySelector(".root");
  if (root.dataset.drawn) return;  // a rerun of the page brings nothing new
  root.dataset.drawn = "yes";
  const { frames, pace, alt } = data, count = frames.length;
  root.setAttribute("role", "group");
  root.setAttribute("aria-label", alt);
  const bar = made("div", { class: "bar" }, root);
  const button = (text, label) => made("button", { type: "button", "aria-label": label }, bar, text);
  const play = button("Play", "Play"), back = button("\u25c0", "One epoch back"), on = button("\u25b6", "One epoch on");
  play.className = "play";
  const slider = made("input", { type: "range", min: 1, max: count, "aria-label": "Epoch" }, bar), where = made("span", { class: "where", role: "status" }, bar);
  const sides = made("div", { class: "sides" }, root), texts = made("div", { class: "texts" }, sides);
  const mark = chart(data, made("div", { class: "chart" }, sides));
  let at = 0, timer = null;
  const show = (number) => {
    at = Math.min(Math.max(number, 0), count - 1);
    const frame = frames[at];
    texts.replaceChildren(...frame.texts.map(({ prompt, text }) => {
      const line = made("p", {});
      if (prompt) made("strong", {}, line, prompt);
      line.append(text || "(nothing)");
      return line;
    }));
    slider.value = at + 1;
    slider.setAttribute("aria-valuetext", frame.epoch ? `epoch ${frame.epoch}` : "before training");
    where.textContent = `${frame.epoch ? "Epoch" : "Before training: epoch"} ${frame.epoch} of ${frames[count - 1].epoch}${frame.loss ? `, held-out loss ${frame.loss[1].toFixed(2)}` : ""}`;
    mark(at);
  };
  const stop = () => { clearInterval(timer); timer = null; play.textContent = "Play"; play.setAttribute("aria-label", "Play"); };
  const toggle = () => {
    if (timer) return stop();
    play.textContent = "Pause";
    play.setAttribute("aria-label", "Pause");
    show(at === count - 1 ? 0 : at + 1);
    timer = setInterval(() => { if (!root.isConnected || at === count - 1) stop(); else show(at + 1); }, pace);
  };
  const step = (by) => { stop(); show(at + by); };
  play.onclick = toggle;
  back.onclick = () => step(-1);
  on.onclick = () => step(1);
  slider.oninput = () => { stop(); show(Number(slider.value) - 1); };
  root.onkeydown = (event) => {
    if (event.target === slider || (event.key === " " && event.target.tagName === "BUTTON")) return;
    const acts = { " ": toggle, ArrowLeft: () => step(-1), ArrowRight: () => step(1) }[event.key];
    if (acts) { event.preventDefault(); acts(); }
  };
  show(0);
}
