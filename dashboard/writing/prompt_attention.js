// Attention of one layer: a heat map, and the text shaded by what the token under the pointer looked at.
const SIDE = 420;

// Weights come as square roots in 255 steps, the lower triangle of each head row by row.
function unpacked(base64) {
  const bytes = Uint8Array.from(atob(base64), (c) => c.charCodeAt(0)), weights = new Float32Array(bytes.length);
  for (let i = 0; i < bytes.length; i++) weights[i] = (bytes[i] / 255) ** 2;
  return weights;
}

export default function ({ data, parentElement }) {
  const root = parentElement.querySelector(".root");
  const focused = parentElement.activeElement?.classList.contains("text");
  const { pieces, names, heads, layer, packed, alt } = data, n = pieces.length, size = (n * (n + 1)) / 2;
  const weights = unpacked(packed), mean = new Float32Array(size);
  for (let head = 0; head < heads; head++) for (let i = 0; i < size; i++) mean[i] += weights[head * size + i] / heads;
  let chosen = Math.min(+(root.dataset.head || 0), heads), current = -1;  // 0: the mean of the heads
  root.replaceChildren();
  const of = (i, j) => (chosen ? weights[(chosen - 1) * size + (i * (i + 1)) / 2 + j] : mean[(i * (i + 1)) / 2 + j]);

  const choice = made("div", { class: "heads", role: "radiogroup", "aria-label": "Head" }, root);
  const buttons = Array.from({ length: heads + 1 }, (_, head) => {
    const button = made("button", { type: "button", role: "radio" }, choice, head ? `Head ${head}` : "Mean of the heads");
    button.onclick = () => { chosen = head; root.dataset.head = head; draw(); };
    return button;
  });
  const sides = made("div", { class: "sides" }, root), left = made("div", { class: "left" }, sides), right = made("div", { class: "right" }, sides);
  const frame = made("div", { class: "map" }, left);
  const canvas = made("canvas", { width: n, height: n, role: "img", "aria-label": "Heat map: down the tokens that look, across the tokens that are looked at" }, frame);
  const line = made("div", { class: "line" }, frame);
  made("p", { class: "axes" }, left, "Down: the token that looks. Across: the token it looks at. The stronger the colour, the more.");
  const { text, spans } = textOfTokens(pieces, right);
  const status = made("div", { class: "status", role: "status" }, right);

  function draw() {
    buttons.forEach((button, head) => { button.setAttribute("aria-checked", head === chosen); button.tabIndex = head === chosen ? 0 : -1; });
    const context = canvas.getContext("2d"), image = context.createImageData(n, n);
    for (let i = 0; i < n; i++) for (let j = 0; j <= i; j++) {
      const at = 4 * (i * n + j);
      image.data.set([200, 85, 27, 255 * Math.sqrt(of(i, j))], at);
    }
    context.putImageData(image, 0, 0);
    look(current < 0 ? n - 1 : current);
    root.dataset.layer = layer;
  }

  function look(i, column = -1) {
    current = i;
    const row = Array.from({ length: i + 1 }, (_, j) => of(i, j));
    spans.forEach((span, j) => {
      span.classList.toggle("here", j === i);
      span.style.background = j <= i ? `rgb(200 85 27 / ${(75 * Math.sqrt(row[j])).toFixed(1)}%)` : "transparent";
      span.classList.toggle("later", j > i);
    });
    line.style.top = `${(100 * i) / n}%`;
    line.style.height = `${100 / n}%`;
    const most = row.map((weight, j) => [weight, j]).sort((a, b) => b[0] - a[0]).slice(0, 5);
    status.replaceChildren();
    made("strong", {}, status, `${names[i]} (token ${i + 1})`);
    status.append(" looked at ");
    (column >= 0 && column <= i ? [[row[column], column]] : most).forEach(([weight, j], place) => {
      if (place) status.append(", ");
      made("code", {}, status, names[j]);
      status.append(` (${j + 1}) ${percent(weight)}`);
    });
    status.append(".");
  }

  const stand = walkable(text, n, alt, (i) => { look(i); spans[i].scrollIntoView({ block: "nearest" }); });
  const follow = (event) => { const i = tokenUnder(event); if (i >= 0 && i !== current) { look(i); stand(i); } };
  text.addEventListener("pointermove", follow);
  text.addEventListener("click", follow);
  canvas.addEventListener("pointermove", (event) => {
    const box = canvas.getBoundingClientRect(), at = (length, offset) => Math.min(Math.max(Math.floor((n * offset) / length), 0), n - 1);
    const i = at(box.height, event.clientY - box.top);
    look(i, at(box.width, event.clientX - box.left));
    stand(i);
  });
  choice.onkeydown = (event) => {
    const step = { ArrowRight: 1, ArrowDown: 1, ArrowLeft: -1, ArrowUp: -1 }[event.key];
    if (!step) return;
    event.preventDefault();
    const next = buttons[(chosen + step + heads + 1) % (heads + 1)];
    next.click();
    next.focus();
  };
  draw();
  if (focused) text.focus({ preventScroll: true });
}
