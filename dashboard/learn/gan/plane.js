// The plane: the discriminator's field, the data, the made points, where they are pulled, and the noise's own grid as the generator bends it.
const SIDE = 400, FIELD = 36;
const atX = (x) => ((x + EDGE) / (2 * EDGE)) * SIDE, atY = (y) => ((EDGE - y) / (2 * EDGE)) * SIDE;
const CENTRES = (() => {
  const points = new Float64Array(2 * FIELD * FIELD), at = (i) => ((i + 0.5) / FIELD) * 2 * EDGE - EDGE;
  for (let r = 0; r < FIELD; r++) for (let c = 0; c < FIELD; c++) points.set([at(c), -at(r)], 2 * (r * FIELD + c));
  return points;
})();
const LINES = 9, FINE = 24; // of the bent grid

function drawField(c, game, memory) {
  memory.field ??= Object.assign(document.createElement("canvas"), { width: FIELD, height: FIELD });
  const brush = memory.field.getContext("2d"), image = brush.createImageData(FIELD, FIELD), real = looksReal(game, CENTRES);
  real.forEach((share, i) => {
    const sure = Math.abs(2 * share - 1), [r, g, b] = share > 0.5 ? [53, 115, 185] : [200, 85, 27];
    image.data.set([r, g, b, 150 * sure], 4 * i);
  });
  brush.putImageData(image, 0, 0);
  c.imageSmoothingEnabled = true;
  c.drawImage(memory.field, 0, 0, SIDE, SIDE);
}

function drawBent(c, game, colour) {
  const kind = game.settings.noise, line = kind === "line", reach = kind === "normal" ? 2 : 1, at = (i, n) => (2 * reach * i) / (n - 1) - reach;
  const paths = line ? [Array.from({ length: 200 }, (_, i) => [at(i, 200)])] : [0, 1].flatMap((way) =>
    Array.from({ length: LINES }, (_, l) => Array.from({ length: FINE }, (_, i) => (way ? [at(l, LINES), at(i, FINE)] : [at(i, FINE), at(l, LINES)]))));
  c.strokeStyle = colour;
  c.globalAlpha = 0.6;
  c.lineWidth = 1;
  for (const path of paths) {
    const points = forward(game.generator, Float64Array.from(path.flat()), path.length);
    c.beginPath();
    for (let i = 0; i < points.length; i += 2) c.lineTo(atX(points[i]), atY(points[i + 1]));
    c.stroke();
  }
  c.globalAlpha = 1;
}

function drawPulls(c, game, points, colour) {
  const ways = pulls(game, points);
  let most = 1e-9;
  for (let i = 0; i < ways.length; i += 2) most = Math.max(most, Math.hypot(ways[i], ways[i + 1]));
  c.strokeStyle = colour;
  c.lineWidth = 1.25;
  c.beginPath();
  for (let i = 0; i < ways.length; i += 2) {
    const size = (30 / most) * Math.sqrt(most / Math.max(Math.hypot(ways[i], ways[i + 1]), most / 1e4)); // the longest is 30 pixels, others by the root
    const x = atX(points[i]), y = atY(points[i + 1]), dx = ways[i] * size, dy = -ways[i + 1] * size;
    c.moveTo(x, y);
    c.lineTo(x + dx, y + dy);
    c.lineTo(x + 0.7 * dx - 0.15 * dy, y + 0.7 * dy + 0.15 * dx);
    c.moveTo(x + dx, y + dy);
    c.lineTo(x + 0.7 * dx + 0.15 * dy, y + 0.7 * dy - 0.15 * dx);
  }
  c.stroke();
}

// `shown`: { field, data, made, pulls, bent }; `which`: the places that are found.
function drawPlane(canvas, root, { game, shape, data, points, which, shown, memory }) {
  const c = pencil(canvas, SIDE, SIDE), look = themed(root);
  c.fillStyle = look.back;
  c.fillRect(0, 0, SIDE, SIDE);
  if (shown.field) drawField(c, game, memory);
  if (shown.data) {
    c.strokeStyle = BLUE;
    c.lineWidth = 1.5;
    c.beginPath();
    for (let i = 0; i < data.length; i += 2) {
      const x = atX(data[i]), y = atY(data[i + 1]);
      c.moveTo(x - 3, y);
      c.lineTo(x + 3, y);
      c.moveTo(x, y - 3);
      c.lineTo(x, y + 3);
    }
    c.stroke();
    shape.places.forEach(([x, y], p) => {
      c.strokeStyle = look.text;
      c.setLineDash(which[p] ? [] : [3, 4]);
      c.beginPath();
      c.arc(atX(x), atY(y), (shape.reach / (2 * EDGE)) * SIDE, 0, 7);
      c.stroke();
    });
    c.setLineDash([]);
  }
  if (shown.bent) drawBent(c, game, look.text);
  if (shown.made) {
    c.fillStyle = ORANGE;
    c.strokeStyle = look.back;
    c.lineWidth = 0.75;
    for (let i = 0; i < points.length; i += 2) {
      c.beginPath();
      c.arc(atX(points[i]), atY(points[i + 1]), 3, 0, 7);
      c.fill();
      c.stroke();
    }
  }
  if (shown.pulls) drawPulls(c, game, points.subarray(0, 240), look.text);
}
