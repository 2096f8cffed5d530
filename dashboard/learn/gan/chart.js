// Curves on a canvas: axes with units, each line in a colour and a dash of its own, and an upright line at what is shown now.
const BLUE = "#3573b9", ORANGE = "#c8551b";

function made(parent, tag, properties = {}, ...children) {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(properties)) {
    if (name.includes("-") || name === "role") element.setAttribute(name, value);
    else element[name] = value;
  }
  element.append(...children);
  parent?.append(element);
  return element;
}

// The pencil of a canvas that is `width` by `height` on the page, sharp on any screen, cleared.
function pencil(canvas, width, height) {
  const scale = Math.min(window.devicePixelRatio || 1, 2);
  if (canvas.width !== Math.round(width * scale) || canvas.height !== Math.round(height * scale)) {
    canvas.width = Math.round(width * scale);
    canvas.height = Math.round(height * scale);
  }
  const context = canvas.getContext("2d");
  context.setTransform(scale, 0, 0, scale, 0, 0);
  context.clearRect(0, 0, width, height);
  return context;
}

const themed = (root) => {
  const style = getComputedStyle(root), of = (name, other) => style.getPropertyValue(name).trim() || other;
  return { text: of("--st-text-color", "#31333f"), line: of("--st-border-color", "#ccc"), back: of("--st-background-color", "#fff"), font: of("--st-font", "sans-serif") };
};

const short = (value) => (Number.isFinite(value) ? (Math.abs(value) >= 100 ? value.toFixed(0) : value.toFixed(2)) : "–");

// `lines`: [{ name, colour, dash, y }] over the numbers `x`; `now`: where the upright line stands.
function curves(canvas, root, { x, lines, now, across, up }) {
  const width = canvas.clientWidth || 300, height = 180, left = 44, bottom = 34, top = 10, right = 8;
  const c = pencil(canvas, width, height), look = themed(root);
  const values = lines.flatMap(({ y }) => y).filter(Number.isFinite);
  const most = Math.max(...values, 0.1), least = Math.min(...values, 0), end = Math.max(x[x.length - 1] || 1, 1), begin = Math.min(x[0] || 0, end - 1);
  const atX = (v) => left + ((v - begin) / (end - begin)) * (width - left - right), atY = (v) => height - bottom - ((v - least) / (most - least)) * (height - bottom - top);
  c.font = `12px ${look.font}`;
  c.fillStyle = look.text;
  c.strokeStyle = look.line;
  c.textAlign = "right";
  c.textBaseline = "middle";
  for (const tick of [least, (least + most) / 2, most]) {
    c.fillText(short(tick), left - 6, atY(tick));
    c.beginPath();
    c.moveTo(left, atY(tick));
    c.lineTo(width - right, atY(tick));
    c.stroke();
  }
  c.textBaseline = "alphabetic";
  c.textAlign = "left";
  c.fillText(String(Math.round(begin)), left, height - bottom + 15);
  c.textAlign = "right";
  c.fillText(String(Math.round(end)), width - right, height - bottom + 15);
  c.textAlign = "center";
  c.fillText(across, (left + width - right) / 2, height - 5);
  c.save();
  c.translate(10, (height - bottom + top) / 2);
  c.rotate(-Math.PI / 2);
  c.fillText(up, 0, 2);
  c.restore();
  c.lineWidth = 2;
  for (const { colour, dash, y } of lines) {
    c.strokeStyle = colour;
    c.setLineDash(dash);
    c.beginPath();
    y.forEach((value, i) => { if (Number.isFinite(value)) c.lineTo(atX(x[i]), atY(value)); });
    c.stroke();
  }
  c.setLineDash([2, 3]);
  c.strokeStyle = look.text;
  c.lineWidth = 1;
  c.beginPath();
  c.moveTo(atX(now), top);
  c.lineTo(atX(now), height - bottom);
  c.stroke();
  c.setLineDash([]);
}
