// A map of pictures: the one under the pointer is shown large, a click (or arrows and Enter) chooses a place.
const SHAPES = [
  "M-4,0a4,4 0 1,0 8,0a4,4 0 1,0 -8,0", "M-3.6,-3.6h7.2v7.2h-7.2z", "M0,-5L5,0L0,5L-5,0z", "M0,-4.6L4.6,3.6H-4.6z",
  "M-1.5,-4.5h3v3h3v3h-3v3h-3v-3h-3v-3h3z", "M-4.5,-3L-3,-4.5L0,-1.5L3,-4.5L4.5,-3L1.5,0L4.5,3L3,4.5L0,1.5L-3,4.5L-4.5,3L-1.5,0z",
];
const HEIGHT = 540, EDGE = { left: 44, right: 12, top: 12, bottom: 40 }, NEAR = 22, SMALL = 30, LARGE = 128;

// Slots that share a colour (every sixth) have different shapes.
const shape = (slot) => SHAPES[(slot + Math.floor(slot / SHAPES.length)) % SHAPES.length];

function made(name, attributes, parent) {
  const svg = ["svg", "path", "line", "text", "g", "rect"].includes(name);
  const element = svg ? document.createElementNS("http://www.w3.org/2000/svg", name) : document.createElement(name);
  for (const [key, value] of Object.entries(attributes)) element.setAttribute(key, value);
  if (parent) parent.append(element);
  return element;
}

function ticks(low, high) {
  const rough = (high - low) / 6, power = 10 ** Math.floor(Math.log10(rough));
  const step = [1, 2, 5, 10].find((each) => each * power >= rough) * power;
  return Array.from({ length: 20 }, (_, i) => (Math.ceil(low / step) + i) * step).filter((each) => each <= high);
}

export default function ({ data, parentElement, setStateValue }) {
  const root = parentElement.querySelector(".map");
  const focused = parentElement.activeElement?.classList.contains("field");
  root.replaceChildren();
  const { points, groups, names, colours, captions, sprite, columns, side, alt, axes, chosen, marked } = data;
  const bounds = [0, 1].map((axis) => {
    const values = points.map((point) => point[axis]), low = Math.min(...values), high = Math.max(...values);
    const margin = 0.04 * (high - low || 1);
    return [low - margin, high + margin];
  });
  const field = made("div", { class: "field", tabindex: 0, role: "application", "aria-label": alt }, root);
  const legend = made("div", { class: "legend" }, root);
  let width = 0, cursor = chosen || null;

  const across = (x) => EDGE.left + ((x - bounds[0][0]) / (bounds[0][1] - bounds[0][0])) * (width - EDGE.left - EDGE.right);
  const down = (y) => HEIGHT - EDGE.bottom - ((y - bounds[1][0]) / (bounds[1][1] - bounds[1][0])) * (HEIGHT - EDGE.top - EDGE.bottom);
  const place = (left, top) => [
    bounds[0][0] + ((left - EDGE.left) / (width - EDGE.left - EDGE.right)) * (bounds[0][1] - bounds[0][0]),
    bounds[1][0] + ((HEIGHT - EDGE.bottom - top) / (HEIGHT - EDGE.top - EDGE.bottom)) * (bounds[1][1] - bounds[1][0]),
  ];
  const symbol = (i, parent, at) =>
    made("path", { d: shape(groups[i]), fill: colours[groups[i]], "fill-opacity": 0.8, transform: `translate(${at})` }, parent);

  function picture(i, size, parent) {
    const element = made("div", { class: "picture" }, parent), scale = size / side;
    element.style.cssText = `width:${size}px;height:${size}px;background-image:url(${sprite});`
      + `background-size:${columns * side * scale}px auto;background-position:${-(i % columns) * size}px ${-Math.floor(i / columns) * size}px`;
    return element;
  }

  function draw() {
    width = Math.max(field.clientWidth, 240);
    const svg = made("svg", { width, height: HEIGHT, "aria-hidden": "true" });
    field.replaceChildren(svg);
    for (const x of ticks(...bounds[0])) {
      made("line", { class: "grid", x1: across(x), x2: across(x), y1: EDGE.top, y2: HEIGHT - EDGE.bottom }, svg);
      made("text", { x: across(x), y: HEIGHT - EDGE.bottom + 15, "text-anchor": "middle" }, svg).textContent = +x.toPrecision(3);
    }
    for (const y of ticks(...bounds[1])) {
      made("line", { class: "grid", x1: EDGE.left, x2: width - EDGE.right, y1: down(y), y2: down(y) }, svg);
      made("text", { x: EDGE.left - 6, y: down(y) + 4, "text-anchor": "end" }, svg).textContent = +y.toPrecision(3);
    }
    made("text", { x: (width + EDGE.left) / 2, y: HEIGHT - 6, "text-anchor": "middle" }, svg).textContent = axes[0];
    const title = made("text", { transform: `translate(12,${HEIGHT / 2}) rotate(-90)`, "text-anchor": "middle" }, svg);
    title.textContent = axes[1];
    const shown = [];
    points.forEach(([x, y], i) => {
      const at = [across(x), down(y)];
      if (shown.every(([left, top]) => Math.hypot(left - at[0], top - at[1]) > 1.5 * SMALL)) {
        shown.push(at);
        const small = picture(i, SMALL, field);
        if (i < marked) small.classList.add("anchor");
        small.style.left = `${at[0] - SMALL / 2}px`;
        small.style.top = `${Math.max(at[1] - SMALL - 5, 0)}px`;
      }
      symbol(i, svg, at);
    });
    if (cursor) mark();
  }

  function mark() {
    field.querySelector(".cursor")?.remove();
    const cross = made("path", { class: "cursor", d: "M-11,0H11M0,-11V11", transform: `translate(${across(cursor[0])},${down(cursor[1])})` });
    field.querySelector("svg").append(cross);
  }

  function nearest(left, top) {
    let best = -1, least = NEAR;
    points.forEach(([x, y], i) => {
      const distance = Math.hypot(across(x) - left, down(y) - top);
      if (distance < least) [best, least] = [i, distance];
    });
    return best;
  }

  function show(i) {
    field.querySelector(".card")?.remove();
    if (i < 0) return;
    const card = made("div", { class: "card", role: "status" }, field), left = across(points[i][0]), top = down(points[i][1]);
    picture(i, LARGE, card);
    made("div", {}, card).textContent = [captions[i], names[groups[i]]].filter(Boolean).join(" · ");
    card.style.left = `${left > width / 2 ? left - LARGE - 34 : left + 16}px`;
    card.style.top = `${Math.min(Math.max(top - LARGE / 2, 0), HEIGHT - LARGE - 60)}px`;
  }

  const from = (event) => {
    const box = field.getBoundingClientRect();
    return [event.clientX - box.left, event.clientY - box.top];
  };
  const choose = () => { mark(); setStateValue("place", cursor); };
  field.onpointermove = (event) => show(nearest(...from(event)));
  field.onpointerleave = () => show(-1);
  field.onclick = (event) => { cursor = place(...from(event)); choose(); };
  field.onkeydown = (event) => {
    const step = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, 1], ArrowDown: [0, -1] }[event.key];
    if (event.key === "Enter" && cursor) return choose();
    if (!step) return;
    event.preventDefault();
    cursor = (cursor || bounds.map(([low, high]) => (low + high) / 2)).map((value, axis) => {
      const [low, high] = bounds[axis];
      return Math.min(Math.max(value + (step[axis] * (high - low)) / 40, low), high);
    });
    mark();
    show(nearest(across(cursor[0]), down(cursor[1])));
  };
  names.forEach((name, slot) => {
    if (!name) return;
    const entry = made("span", {}, legend), svg = made("svg", { width: 14, height: 14, viewBox: "-7 -7 14 14", "aria-hidden": "true" }, entry);
    made("path", { d: shape(slot), fill: colours[slot] }, svg);
    made("span", {}, entry).textContent = name;
  });
  const watcher = new ResizeObserver(() => { if (Math.abs(field.clientWidth - width) > 1) draw(); });
  draw();
  watcher.observe(field);
  if (focused) field.focus({ preventScroll: true });
  return () => watcher.disconnect();
}
