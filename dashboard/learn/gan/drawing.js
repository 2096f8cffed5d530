// The user's own shape: drawn with the pointer, or with the arrow keys and Space.
const PEN = 0.08; // how far an arrow key moves the pen

// `bar` stands under the plane, so that one draws and begins in the same place. What is returned begins and ends a drawing.
function ownDrawing(plane, bar, state, acts) {
  const words = made(null, "p", { className: "small", "aria-live": "polite" });
  const put = (point) => { if (state.own.length < 2000) state.own.push(point); acts.draw(); };
  const begin = () => {
    root().stop();
    Object.assign(state, { drawing: true, own: [], pen: [0, 0] });
    plane.tabIndex = 0;
    plane.focus();
    learn.hidden = false;
    words.textContent = "Draw with the pointer. Or with keys: arrows move the pen, Space puts a point. Then “Learn my drawing”.";
    acts.draw();
  };
  const done = () => {
    if (!state.own?.length) { words.textContent = "Nothing is drawn yet; put at least one point in the plane."; return; }
    acts.learnDrawing();
    words.textContent = "The generator learns your drawing.";
  };
  const root = () => plane.closest(".gan");
  button(bar, "Draw your own", begin);
  const learn = button(bar, "Learn my drawing", done);
  learn.hidden = true;
  learn.className = "play";
  bar.after(words);
  const at = (event) => {
    const box = plane.getBoundingClientRect();
    return [((event.clientX - box.left) / box.width) * 2 * EDGE - EDGE, EDGE - ((event.clientY - box.top) / box.height) * 2 * EDGE];
  };
  plane.onpointerdown = (event) => { if (state.drawing) { plane.setPointerCapture(event.pointerId); put(at(event)); } };
  plane.onpointermove = (event) => { if (state.drawing && event.buttons) put(at(event)); };
  plane.onkeydown = (event) => {
    const move = { ArrowLeft: [-PEN, 0], ArrowRight: [PEN, 0], ArrowUp: [0, PEN], ArrowDown: [0, -PEN] }[event.key];
    if (!state.drawing || !(move || event.key === " ")) return;
    event.preventDefault();
    if (event.key === " ") return put([...state.pen]);
    state.pen = state.pen.map((v, i) => Math.max(-EDGE, Math.min(EDGE, v + move[i])));
    acts.draw();
  };
  const end = () => {
    plane.tabIndex = -1;
    learn.hidden = true;
    words.textContent = "";
  };
  return { begin, end };
}

function drawOwn(canvas, root, points, [x, y]) {
  const c = pencil(canvas, SIDE, SIDE), look = themed(root);
  c.fillStyle = look.back;
  c.fillRect(0, 0, SIDE, SIDE);
  c.fillStyle = BLUE;
  for (const [px, py] of points) c.fillRect(atX(px) - 3, atY(py) - 3, 6, 6);
  c.strokeStyle = look.text;
  c.strokeRect(atX(x) - 5, atY(y) - 5, 10, 10);
}
