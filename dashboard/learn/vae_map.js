// Two maps of codes, side by side. Encoder and decoder run here, so a point can be dragged without a word to the server.
const STEP = 1 / 40, TILES = 11, GAP = 1, MARGIN = 4, DRAWS = 8, FRAMES = 60, STEPS = 9;

function made(name, attributes, parent, text) {
  const element = document.createElement(name);
  for (const [key, value] of Object.entries(attributes)) element.setAttribute(key, value);
  if (text !== undefined) element.textContent = text;
  parent?.append(element);
  return element;
}

const bytes = (text) => Uint8Array.from(atob(text), (each) => each.charCodeAt(0));
const told = (point) => `(${point.map((each) => each.toFixed(2)).join(", ")})`;

function paint(canvas, picture, side) {
  const pen = canvas.getContext("2d"), image = pen.createImageData(side, side);
  picture.forEach((grey, i) => image.data.set([grey, grey, grey, 255], 4 * i));
  pen.putImageData(image, 0, 0);
}

// A trained model with its codes of the held-out pictures.
function opened(model, pictures) {
  const encoder = network(model.encoder), decoder = network(model.decoder);
  const encode = (picture) => {
    const out = encoder(Float64Array.from(picture, (grey) => (2 * grey) / 255 - 1)), half = out.length / 2;
    return {
      mean: Array.from(out.slice(0, half)),
      spread: Array.from(out.slice(half), (each) => Math.exp(Math.min(Math.max(each, -20), 10) / 2)),
    };
  };
  const decode = (point) => Uint8ClampedArray.from(decoder(point), (each) => Math.round(255 * each));
  const codes = pictures.map((picture) => encode(picture).mean), ends = [0, 1].map((axis) => {
    const sorted = codes.map((code) => code[axis]).sort((a, b) => a - b);
    return [sorted[0], sorted[sorted.length - 1]];
  });
  const half = Math.max(model.least, 0.53 * Math.max(...ends.map(([low, high]) => high - low)));
  const centre = half === model.least ? [0, 0] : ends.map(([low, high]) => (low + high) / 2);
  return { ...model, encode, decode, codes, centre, half, tiles: null };
}

function normal() {
  return Math.sqrt(-2 * Math.log(1 - Math.random())) * Math.cos(2 * Math.PI * Math.random());
}

function panel(parent, side, labels, colours) {
  const box = made("section", { class: "panel" }, parent), title = made("h3", {}, box), note = made("p", {}, box);
  const shown = made("div", { class: "shown" }, box), where = made("p", { class: "where", role: "status" }, box); // above the map, so that one sees the picture while one drags
  const map = made("canvas", { class: "map", tabindex: 0, role: "application" }, box);
  const canvases = Object.fromEntries(["here", "given", "again"].map((name) => {
    const figure = made("figure", {}, shown), caption = made("figcaption", {}, figure);
    return [name, { caption, canvas: made("canvas", { class: `picture large ${name}`, width: side, height: side, role: "img" }, figure) }];
  }));
  const code = made("p", { class: "code" }, box), strip = made("div", { class: "strip" }, box), under = made("p", { class: "under" }, box);
  const self = { box, model: null, point: [0, 0], given: null, marks: [], filled: false };

  const picture = (name, image, caption, alt) => {
    paint(canvases[name].canvas, image, side);
    canvases[name].caption.textContent = caption;
    canvases[name].canvas.setAttribute("aria-label", alt);
  };
  const across = (x) => ((x - self.model.centre[0]) / self.model.half + 1) / 2 * map.width;
  const down = (y) => (1 - (y - self.model.centre[1]) / self.model.half) / 2 * map.height;

  // What the map decodes to, with a gap around each picture: without one, digits of white on black run into each other.
  function tiles() {
    const { model } = self, pitch = side + 2 * GAP, sheet = document.createElement("canvas"), one = document.createElement("canvas"), pen = sheet.getContext("2d");
    sheet.width = sheet.height = TILES * pitch;
    one.width = one.height = side;
    pen.fillStyle = "#70757a";
    pen.fillRect(0, 0, sheet.width, sheet.height);
    for (let i = 0; i < TILES; i++) for (let j = 0; j < TILES; j++) {
      const place = [(2 * (i + 0.5)) / TILES - 1, 1 - (2 * (j + 0.5)) / TILES];
      paint(one, model.decode(place.map((each, axis) => model.centre[axis] + each * model.half)), side);
      pen.drawImage(one, i * pitch + GAP, j * pitch + GAP);
    }
    return sheet;
  }

  function axes(pen, scale, ink) {
    const { centre, half } = self.model, power = 10 ** Math.floor(Math.log10(half)), step = half / power > 4 ? 2 * power : half / power > 2 ? power : power / 2;
    pen.font = `${11 * scale}px sans-serif`;
    for (const axis of [0, 1]) for (let n = Math.ceil((centre[axis] - half) / step); n * step <= centre[axis] + half; n++) {
      const at = axis ? down(n * step) : across(n * step), ends = axis ? [0, at, map.width, at] : [at, 0, at, map.height];
      pen.strokeStyle = ink;
      pen.globalAlpha = n ? 0.12 : 0.4;
      pen.lineWidth = scale;
      pen.beginPath(); pen.moveTo(ends[0], ends[1]); pen.lineTo(ends[2], ends[3]); pen.stroke();
      pen.globalAlpha = 0.8;
      pen.fillStyle = ink;
      pen.textAlign = axis ? "left" : "center";
      const text = String(+(n * step).toPrecision(3));
      if (!self.filled) pen.fillText(text, axis ? MARGIN * scale : at, axis ? at - 2 * scale : map.height - MARGIN * scale);
    }
    pen.globalAlpha = 1;
  }

  function ring(pen, point, radius, inner, outer, scale) {
    for (const [colour, width] of [[outer, 6], [inner, 3]]) {
      pen.strokeStyle = colour;
      pen.lineWidth = width * scale;
      pen.beginPath();
      pen.ellipse(across(point[0]), down(point[1]), radius[0], radius[1], 0, 0, 2 * Math.PI);
      pen.stroke();
    }
  }

  self.draw = () => {
    const style = getComputedStyle(box), ink = style.color, paper = style.getPropertyValue("--st-background-color") || "#fff";
    const scale = window.devicePixelRatio || 1, pen = map.getContext("2d"), { model } = self;
    map.width = map.height = Math.max(1, Math.round(map.clientWidth * scale));
    if (self.filled) {
      model.tiles ||= tiles();
      pen.imageSmoothingEnabled = false;
      pen.drawImage(model.tiles, 0, 0, map.width, map.height);
    }
    axes(pen, scale, self.filled ? "#ffffff" : ink);
    pen.textAlign = "center";
    pen.font = `600 ${12 * scale}px sans-serif`;
    if (!self.filled) model.codes.forEach((code, i) => {
      pen.fillStyle = colours[labels[i] % colours.length];
      pen.fillText(labels[i], across(code[0]), down(code[1]) + 4 * scale);
    });
    const [mark, edge] = self.filled ? ["#ffffff", "#000000"] : [ink, paper];
    for (const each of self.marks) ring(pen, each, [3 * scale, 3 * scale], mark, edge, scale / 2);
    if (self.given) {
      const { mean, spread } = self.given, unit = map.width / 2 / model.half;
      for (const times of [1, 2]) ring(pen, mean, spread.map((each) => Math.max(2 * scale, times * each * unit)), mark, edge, scale / 2);
    }
    ring(pen, self.point, [9 * scale, 9 * scale], "#c8551b", "#ffffff", scale);
  };

  self.show = () => {
    const { model, point } = self, distances = model.codes.map((code) => Math.hypot(code[0] - point[0], code[1] - point[1]));
    const nearest = distances.indexOf(Math.min(...distances));
    picture("here", model.decode(point), "Decoded at the ring", `The picture that the model decodes at ${told(point)}; the nearest code on the map is of a ${labels[nearest]}`);
    where.textContent = `The ring is at ${told(point)}. The nearest code is of a ${labels[nearest]}, ${distances[nearest].toFixed(2)} away.`;
    self.draw();
  };

  self.move = (point) => {
    const { centre, half } = self.model;
    self.point = point.map((each, axis) => Math.min(Math.max(each, centre[axis] - half), centre[axis] + half));
    self.show();
  };

  self.give = (image, name) => {
    self.image = [image, name];
    self.given = self.model.encode(image);
    const { mean, spread } = self.given, again = self.model.decode(mean);
    const lost = again.reduce((sum, grey, i) => sum + Math.abs(grey - image[i]), 0) / again.length;
    picture("given", image, name, `${name}, as the model gets it: ${side} x ${side} pixels`);
    picture("again", again, "Rebuilt from its mean", `What the model makes of ${name} from two numbers`);
    code.textContent = `${name}: mean ${told(mean)}, spread ${told(spread).replace(/0\.00/g, "below 0.01")}, lost ${lost.toFixed(0)} of 255 grey levels a pixel.`;
  };

  const row = (points, text) => {
    strip.replaceChildren();
    for (const point of points) {
      const canvas = made("canvas", { class: "picture", width: side, height: side, role: "img", "aria-label": `The picture at ${told(point)}` }, strip);
      paint(canvas, self.model.decode(point), side);
    }
    self.marks = points;
    under.textContent = text;
  };

  self.sample = (noises) => {
    const { mean, spread } = self.given;
    row(noises.map((noise) => mean.map((each, axis) => each + spread[axis] * noise[axis])), `${noises.length} draws from its spread, each decoded.`);
    self.draw();
  };

  self.way = (target, label) => {
    const from = self.given.mean, to = self.model.codes[target];
    const at = (share) => from.map((each, axis) => each + share * (to[axis] - each));
    row(Array.from({ length: STEPS }, (_, i) => at(i / (STEPS - 1))), `From the given picture straight to a ${label}, in ${STEPS} steps.`);
    return at;
  };

  self.open = (model) => {
    self.model = model;
    title.textContent = model.title;
    note.textContent = model.note;
    map.setAttribute("aria-label", `The map of codes of ${model.title}: each digit stands where its picture is encoded. Arrow keys move the ring, with Shift in larger steps; the picture follows.`);
    strip.replaceChildren();
    under.textContent = "";
    self.marks = [];
    if (self.image) self.give(...self.image);
    self.move(self.given ? self.given.mean : [0, 0]);
  };

  const place = (event) => {
    const at = map.getBoundingClientRect(), { centre, half } = self.model;
    return [centre[0] + (2 * (event.clientX - at.left) / at.width - 1) * half, centre[1] + (1 - 2 * (event.clientY - at.top) / at.height) * half];
  };
  map.onpointerdown = (event) => { self.stop?.(); map.setPointerCapture(event.pointerId); self.move(place(event)); };
  map.onpointermove = (event) => { if (event.buttons) self.move(place(event)); };
  map.onkeydown = (event) => {
    const step = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, 1], ArrowDown: [0, -1] }[event.key];
    if (!step) return;
    event.preventDefault();
    self.stop?.();
    const far = 2 * self.model.half * STEP * (event.shiftKey ? 4 : 1);
    self.move(self.point.map((each, axis) => each + step[axis] * far));
  };
  const watcher = new ResizeObserver(() => { if (self.model && Math.abs(map.clientWidth * (window.devicePixelRatio || 1) - map.width) > 1) self.draw(); });
  watcher.observe(map);
  return self;
}

export default function ({ data, parentElement }) {
  const root = parentElement.querySelector(".vae");
  if (root.dataset.id === data.id) return root.given?.(data.given);
  root.dataset.id = data.id;
  root.replaceChildren();
  const { side, labels, colours, models, names } = data, flat = bytes(data.pictures);
  const pictures = labels.map((_, i) => flat.slice(i * side * side, (i + 1) * side * side)), ready = new Map();
  const model = (number) => {
    if (!ready.has(number)) ready.set(number, opened(models[number], pictures));
    return ready.get(number);
  };
  const choice = made("fieldset", {}, root);
  made("legend", {}, choice, names.beta);
  models.forEach(({ beta }, number) => {
    const label = made("label", {}, choice), radio = made("input", { type: "radio", name: data.id, value: number }, label);
    label.append(beta);
    radio.checked = number === data.first;
    radio.onchange = () => { stop(); left.open(model(number)); };
  });
  const bar = made("div", { class: "bar" }, root), panels = made("div", { class: "panels" }, root);
  const left = panel(panels, side, labels, colours), right = panel(panels, side, labels, colours), both = [left, right];
  let timer = 0;
  const stop = () => cancelAnimationFrame(timer);
  left.stop = right.stop = stop;
  made("button", { type: "button" }, bar, names.sample).onclick = () => {
    stop();
    const noises = Array.from({ length: DRAWS }, () => [normal(), normal()]);
    for (const each of both) each.sample(noises);
  };
  const walk = made("button", { type: "button" }, bar, names.walk), target = made("select", { "aria-label": names.target }, bar);
  for (let digit = 0; digit < 10; digit++) made("option", { value: data.typical[digit] }, target, `to a ${digit}`);
  target.selectedIndex = data.target;
  walk.onclick = () => {
    stop();
    const chosen = Number(target.value), ways = both.map((each) => each.way(chosen, labels[chosen]));
    const go = (share) => both.forEach((each, i) => each.move(ways[i](share)));
    if (matchMedia("(prefers-reduced-motion: reduce)").matches) return go(1);
    let frame = 0;
    const next = () => {
      go(frame / FRAMES);
      if (frame++ < FRAMES && root.isConnected) timer = requestAnimationFrame(next);
    };
    next();
  };
  const fill = made("label", {}, bar), box = made("input", { type: "checkbox" }, fill);
  fill.append(names.fill);
  box.onchange = () => both.forEach((each) => { each.filled = box.checked; each.draw(); });
  root.given = (given) => {
    if (root.dataset.given === given.picture + given.name) return;
    root.dataset.given = given.picture + given.name;
    stop();
    for (const each of both) { each.give(bytes(given.picture), given.name); each.move(each.given.mean); }
  };
  left.open(model(data.first));
  right.open(model(data.beside));
  root.given(data.given);
}
