// A small canvas: paint in colours on a picture, or mark on it what is drawn anew. What was painted goes back as a PNG.
function made(name, attributes, parent) {
  const element = document.createElement(name);
  for (const [key, value] of Object.entries(attributes)) element.setAttribute(key, value);
  if (parent) parent.append(element);
  return element;
}

export default function ({ data, parentElement, setStateValue }) {
  const root = parentElement.querySelector(".root");
  if (root.dataset.made === data.made) return;
  root.dataset.made = data.made;
  root.replaceChildren();
  const { side, picture, marking, colours, names, brush, alt } = data;
  const bar = made("div", { class: "bar" }, root);
  const field = made("div", { class: "paper" }, root);
  const under = made("canvas", { width: side, height: side, "aria-hidden": "true" }, field);
  const canvas = made("canvas", { width: side, height: side, tabindex: 0, role: "application", "aria-label": alt }, field);
  const base = under.getContext("2d"), paint = canvas.getContext("2d", { willReadFrequently: true });
  base.fillStyle = "#ffffff";
  base.fillRect(0, 0, side, side);
  if (picture) {
    const image = new Image();
    image.onload = () => { base.imageSmoothingEnabled = false; base.drawImage(image, 0, 0, side, side); };
    image.src = picture;
  }
  let colour = colours[0], size = brush, cursor = [side / 2, side / 2], down = false, last = null;
  const MARK = "rgba(230, 60, 30, 0.65)";

  function dot(x, y) {
    if (marking) paint.clearRect(Math.round(x - size / 2), Math.round(y - size / 2), size, size);
    paint.fillStyle = marking ? MARK : colour;
    paint.fillRect(Math.round(x - size / 2), Math.round(y - size / 2), size, size);
  }
  function line(from, to) {
    const steps = Math.max(1, Math.ceil(Math.hypot(to[0] - from[0], to[1] - from[1])));
    for (let i = 0; i <= steps; i++) dot(from[0] + ((to[0] - from[0]) * i) / steps, from[1] + ((to[1] - from[1]) * i) / steps);
  }
  const place = (event) => {
    const box = canvas.getBoundingClientRect();
    return [((event.clientX - box.left) / box.width) * side, ((event.clientY - box.top) / box.height) * side];
  };
  function send() {
    const out = document.createElement("canvas");
    out.width = out.height = side;
    const pen = out.getContext("2d");
    if (marking) {
      pen.fillStyle = "#000000";
      pen.fillRect(0, 0, side, side);
      const marks = paint.getImageData(0, 0, side, side), shown = pen.getImageData(0, 0, side, side);
      for (let i = 3; i < marks.data.length; i += 4) if (marks.data[i] > 20) shown.data.set([255, 255, 255], i - 3);
      pen.putImageData(shown, 0, 0);
    } else {
      pen.drawImage(under, 0, 0);
      pen.drawImage(canvas, 0, 0);
    }
    setStateValue("painted", out.toDataURL("image/png"));
  }
  canvas.onpointerdown = (event) => { down = true; last = place(event); line(last, last); canvas.setPointerCapture(event.pointerId); };
  canvas.onpointermove = (event) => { if (down) { const to = place(event); line(last, to); last = to; } };
  canvas.onpointerup = () => { if (down) { down = false; send(); } };
  canvas.onkeydown = (event) => {
    const step = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] }[event.key];
    if (step) { cursor = cursor.map((value, i) => Math.min(Math.max(value + step[i], 0), side - 1)); event.preventDefault(); }
    if (event.key === " " || (step && event.shiftKey)) { dot(...cursor); event.preventDefault(); }
    if (event.key === "Enter") send();
  };
  if (!marking && colours.length > 1) {
    colours.forEach((each, i) => {
      const button = made("button", { type: "button", class: "colour", title: names[i], "aria-label": names[i], style: `background:${each}` }, bar);
      button.onclick = () => { colour = each; bar.querySelectorAll(".colour").forEach((b) => b.classList.toggle("chosen", b === button)); };
      if (!i) button.classList.add("chosen");
    });
  }
  const label = made("label", {}, bar);
  label.textContent = "Brush ";
  const width = made("input", { type: "range", min: 1, max: Math.round(side / 3), value: size, "aria-label": "Width of the brush in pixels" }, label);
  width.oninput = () => { size = Number(width.value); };
  const clear = made("button", { type: "button" }, bar);
  clear.textContent = "Clear";
  clear.onclick = () => { paint.clearRect(0, 0, side, side); setStateValue("painted", ""); };
}
