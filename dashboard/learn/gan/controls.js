// Buttons, numbers and words around the plane. `acts` is what they do.
const KEY = "Blue crosses: data. Orange dots: made points. Ground: what the discriminator takes for real (blue) or made (orange), the stronger the surer. Circles: the places to be found, dashed until they are.";

function build(root, state, shown, steps, acts) {
  const lesson = lessonSteps(root, steps, acts);
  const bar = made(root, "div", { className: "bar" });
  const play = button(bar, "Play", acts.toggle);
  play.className = "play";
  button(bar, "Step back", acts.back, "One kept moment back");
  button(bar, "Step", acts.step, "One iteration on");
  button(bar, "Start over", acts.restart, "Start over with the same seed");
  const speed = selection(bar, "Speed", [[0, "Slow, part by part"], [1, "1 iteration a frame"], [2, "2 iterations a frame"], [10, "10 iterations a frame"]], (value) => { state.speed = Number(value); });
  const rewind = made(made(bar, "label", { className: "rewind" }, "Rewind"), "input", { type: "range", min: 0, value: 0 });
  rewind.oninput = () => { root.stop(); acts.goTo(Number(rewind.value)); };
  const flow = flowChart(root);
  const two = made(root, "div", { className: "two" }), left = made(two, "div", { className: "left" }), right = made(two, "div", { className: "right" });
  const plane = made(left, "canvas", { className: "plane", role: "img", tabIndex: -1, "aria-label": KEY });
  made(left, "p", { className: "small", textContent: KEY });
  const layers = {}, boxes = made(left, "div", { className: "bar" });
  for (const [name, text] of Object.entries(LAYERS)) {
    const label = made(boxes, "label", { className: "tick" });
    layers[name] = made(label, "input", { type: "checkbox", checked: shown[name], onchange: () => { shown[name] = layers[name].checked; acts.draw(); } });
    label.append(text);
  }
  const own = made(left, "div", { className: "bar" });
  const summary = made(right, "p", { className: "summary" });
  const losses = made(right, "canvas", { className: "losses", role: "img", "aria-label": "Both losses over the iterations; the numbers stand in the table." });
  made(right, "p", { className: "small", textContent: "Blue line: discriminator’s loss; 1.39 (twice ln 2) means that it can only guess. Orange dashes: generator’s loss; 0.69 (ln 2) means the same. (Of minimax the generator’s is then -0.69; of least squares both numbers are others.)" });
  const cells = numbers(right);
  const pen = ownDrawing(plane, own, state, acts), choices = settings(root, state, { ...acts, begin: pen.begin });
  const kept = momentsTable(root, state, acts);
  return {
    plane, losses, layers, drawn: pen.end,
    explain: flow.explain,
    playing: (on) => { kept(on); play.textContent = on ? "Pause" : "Play"; play.setAttribute("aria-label", play.textContent); },
    pace: (now) => { // frames a second over the last second, for who measures
      const times = (state.times ??= []);
      times.push(now);
      while (times[0] < now - 1000) times.shift();
      root.dataset.frames = times.length;
    },
    chosen: (settings, view, speedNow) => {
      choices.show(settings);
      for (const name in layers) if (view) layers[name].checked = view[name];
      if (speedNow !== undefined) speed.value = speedNow;
    },
    tell: () => {
      rewind.max = Math.max(state.moments.length - 1, 0);
      rewind.value = state.at;
      const text = told(state);
      root.dataset.iteration = state.game.iteration;
      rewind.setAttribute("aria-valuetext", `iteration ${state.game.iteration}`);
      summary.textContent = text;
      plane.setAttribute("aria-label", text);
      cells(state);
    },
    lesson,
  };
}

function told({ game, last, shape, floors }) {
  const all = shape.places.length, close = last.sliced <= floors.sliced[1];
  return `After ${game.iteration} ${game.iteration === 1 ? "iteration" : "iterations"} the generator has found ${last.modes} of ${all} places, and ${percent(last.near)} of its points lie in one. ` +
    (close ? "Its distance is no larger than between two draws of the data." : `Its points are ${short(last.sliced)} away from the data on average; two draws of the data are at most ${short(floors.sliced[1])} apart.`);
}

function numbers(parent) {
  const table = made(parent, "table"), cells = {};
  const head = made(made(table, "thead"), "tr");
  for (const text of ["Number", "Now", "Two draws of the data"]) made(head, "th", { textContent: text, scope: "col" });
  const body = made(table, "tbody");
  for (const name of ["Iteration", "Discriminator’s loss", "Generator’s loss", "Places found", "Points in a place", "Sliced Wasserstein distance", "Jensen-Shannon divergence, nats"]) {
    const row = made(body, "tr");
    made(row, "th", { textContent: name, scope: "row" });
    cells[name] = [made(row, "td", { textContent: "–" }), made(row, "td", { textContent: "" })];
  }
  made(parent, "p", { className: "small", textContent: "Of 512 made points. A place is found when at least a quarter of its fair share of the points lies in its circle. Last column: the range that 38 of 40 pairs of equally many data points fall in; no generator can be told to be better than that." });
  return ({ game, last, shape, floors }) => {
    const put = (name, now, apart = "") => { cells[name][0].textContent = now; cells[name][1].textContent = apart; };
    const range = ([low, high]) => `${low.toFixed(3)} to ${high.toFixed(3)}`;
    put("Iteration", game.iteration);
    put("Discriminator’s loss", short(game.lossD));
    put("Generator’s loss", short(game.lossG));
    put("Places found", `${last.modes} of ${shape.places.length}`);
    put("Points in a place", percent(last.near));
    put("Sliced Wasserstein distance", last.sliced.toFixed(3), range(floors.sliced));
    put("Jensen-Shannon divergence, nats", last.divergence.toFixed(3), range(floors.divergence));
  };
}

// Who hands what to whom; slow motion lights up what works.
function flowChart(parent) {
  const flow = made(parent, "div", { className: "flow", "aria-hidden": "true" }), boxes = {};
  for (const [name, text] of [["noise", "Noise"], ["generator", "Generator"], ["data", "Data"], ["discriminator", "Discriminator"], ["", "real or made?"]]) {
    if (flow.children.length) made(flow, "span", { textContent: name === "data" ? "→ made points +" : "→" });
    const box = made(flow, "span", { className: "box", textContent: text });
    if (name) boxes[name] = box;
  }
  const words = made(parent, "p", { className: "words", "aria-live": "polite" });
  return { explain: (parts, text) => {
    for (const name in boxes) boxes[name].classList.toggle("lit", parts.includes(name));
    words.textContent = text;
  } };
}

function lessonSteps(parent, steps, acts) {
  const box = made(parent, "section", { className: "step", "aria-label": "What to try" });
  const title = made(box, "h2"), words = made(box, "p"), see = made(box, "p"), bar = made(box, "div", { className: "bar" });
  let at = 0;
  const go = (to) => {
    at = to;
    title.textContent = `${at + 1} of ${steps.length}: ${steps[at].title}`;
    words.replaceChildren(made(null, "b", { textContent: "Try: " }), steps[at].attempt);
    see.replaceChildren(made(null, "b", { textContent: "See: " }), steps[at].see);
    back.disabled = at === 0;
    next.disabled = at === steps.length - 1;
    show.hidden = !steps[at].scene;
  };
  const show = button(bar, "Show me", () => acts.setUp(steps[at].scene));
  show.className = "play";
  const back = button(bar, "Back", () => go(at - 1), "The step before"), next = button(bar, "Next", () => go(at + 1), "The next step");
  go(0);
  return { go };
}

function settings(parent, state, acts) {
  const folded = made(parent, "details"), fields = {};
  made(folded, "summary", { textContent: "Settings" });
  const bar = made(folded, "div", { className: "bar" });
  for (const [name, [title, options]] of Object.entries(CHOICES)) {
    fields[name] = selection(bar, title, options, (value) => {
      state.settings[name] = typeof options[0][0] === "number" ? Number(value) : value;
      if (value === "own") acts.begin(); // a drawing is made first
      else if (name === "shape" || !state.drawing) acts.restart();
    });
  }
  const seed = made(made(bar, "label", {}, "Seed"), "input", { type: "number", min: 0, max: 999999, step: 1 });
  seed.onchange = () => {
    const value = Math.min(999999, Math.max(0, Math.round(Number(seed.value)) || 0));
    seed.value = state.settings.seed = value;
    acts.restart();
  };
  const turns = made(folded, "div", { className: "bar" });
  button(turns, "Discriminator’s turn", () => acts.turn(turnOfDiscriminator), "Only the discriminator learns, once");
  button(turns, "Generator’s turn", () => acts.turn(turnOfGenerator), "Only the generator learns, once");
  return { show: (settings) => {
    seed.value = settings.seed;
    for (const name in fields) fields[name].value = settings[name];
  } };
}

// All kept moments as a table, for who reads rather than looks; drawn when it is opened and when the play stops.
function momentsTable(parent, state, acts) {
  const folded = made(parent, "details", { className: "kept" });
  made(folded, "summary", { textContent: "The data: losses, places and distances of every kept moment" });
  button(made(folded, "div", { className: "bar" }), "Numbers as CSV", acts.saveNumbers);
  const rows = made(made(folded, "div", { className: "rows", tabIndex: 0, role: "region", "aria-label": "Kept moments" }), "table");
  const fill = () => {
    if (!folded.open) return;
    rows.replaceChildren();
    const head = made(made(rows, "thead"), "tr");
    for (const text of ["Iteration", "Discriminator’s loss", "Generator’s loss", "Places found", "Share of points in a place", "Sliced Wasserstein", "Jensen-Shannon, nats"]) made(head, "th", { textContent: text, scope: "col" });
    const body = made(rows, "tbody");
    for (const moment of state.moments) {
      const row = made(body, "tr");
      asRow(moment).forEach((value, i) => made(row, i ? "td" : "th", { textContent: i === 0 || i === 3 ? value : Number.isFinite(value) ? value.toFixed(3) : "–", ...(i ? {} : { scope: "row" }) }));
    }
  };
  folded.ontoggle = fill;
  return (playing) => { if (!playing) fill(); };
}
