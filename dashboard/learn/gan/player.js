// The player of a GAN in the plane. Nothing asks the server: the networks learn here, one frame after the other.
const PACE = 33; // milliseconds a frame
const MOMENTS = 240; // kept to go back to; when there are more, every second one goes
const SLOW = 1500; // milliseconds that a part of an iteration stands in slow motion
const LONGEST = 20000; // iterations, after which it rests until asked to go on
const LOOKED_EVERY = 5; // frames after which the numbers are counted
const PARTS_OF_A_TURN = [
  [["noise", "generator"], "1. Random numbers (noise) go into the generator, which makes a point of each: the orange dots."],
  [["data", "discriminator"], "2. The discriminator sees dots and data, and says how real each looks: blue ground for real, orange for made."],
  [["discriminator"], "3. It compares with the truth and changes its weights to tell them apart better: the ground moves.", turnOfDiscriminator],
  [["discriminator", "generator"], "4. Its gradient says for each dot which way it would look more real: the arrows."],
  [["generator"], "5. The generator changes its weights so that its dots follow the arrows.", (game) => { turnOfGenerator(game); game.iteration++; }],
];
const LAYERS = { field: "Discriminator’s field", data: "Data", made: "Made points", pulls: "Gradients", bent: "Bent noise grid" };
const CHOICES = {
  shape: ["Data", [["ring", "Ring of 8"], ["grid", "Grid of 25"], ["spiral", "Spiral"], ["own", "Your drawing"]]],
  noise: ["Noise", [["normal", "Normal, 2 numbers"], ["uniform", "Uniform, 2 numbers"], ["line", "Uniform, 1 number"]]],
  loss: ["Loss", [["non-saturating", "Non-saturating"], ["minimax", "Minimax"], ["least-squares", "Least squares"]]],
  width: ["Units per layer", [[8, "8"], [16, "16"], [32, "32"], [48, "48"]]],
  depth: ["Hidden layers", [[1, "1"], [2, "2"], [3, "3"]]],
  rateD: ["Discriminator’s step size", [[0.0003, "0.0003"], [0.001, "0.001"], [0.003, "0.003"], [0.01, "0.01"]]],
  rateG: ["Generator’s step size", [[0.0003, "0.0003"], [0.001, "0.001"], [0.003, "0.003"], [0.01, "0.01"]]],
  turnsD: ["Discriminator’s steps an iteration", [[1, "1"], [2, "2"], [5, "5"], [10, "10"]]],
  turnsG: ["Generator’s steps an iteration", [[1, "1"], [2, "2"], [5, "5"], [10, "10"]]],
};

const button = (parent, text, act, label = text) => made(parent, "button", { type: "button", textContent: text, "aria-label": label, onclick: act });
const percent = (share) => `${Math.round(100 * share)}\u00a0%`;

// The numbers of a moment that was kept, as a row of the table and of the CSV.
const asRow = ({ iteration, lossD, lossG, numbers }) => [iteration, lossD, lossG, numbers.modes, numbers.near, numbers.sliced, numbers.divergence];

function selection(parent, title, options, change) {
  const select = made(made(parent, "label", {}, title), "select", { onchange: () => change(select.value) });
  for (const [value, text] of options) made(select, "option", { value, textContent: text });
  return select;
}

function player(root, { start, steps }) {
  const shown = { field: true, data: true, made: true, pulls: false, bent: false }, memory = {};
  const state = { settings: { ...start }, game: null, shape: null, moments: [], at: 0, playing: false, speed: 2, part: -1, own: null, drawing: false, pen: [0, 0], frames: 0, points: null, last: null };
  const ui = build(root, state, shown, steps, { restart, step, back, turn, toggle, goTo, setUp, draw, saveNumbers, learnDrawing });

  // What one sees now

  function look() {
    state.points = forward(state.game.generator, state.game.still, 512).slice();
  }
  function count() {
    state.last = { ...found(state.shape, state.points), sliced: slicedDistance(state.points, state.compared), divergence: jensenShannon(state.points, state.compared) };
  }
  function remember() {
    state.moments.length = state.at + 1;
    state.moments.push({ ...keep(state.game), numbers: state.last });
    if (state.moments.length > MOMENTS) state.moments = state.moments.filter((_, i, all) => i % 2 === 0 || i === all.length - 1);
    state.at = state.moments.length - 1;
  }
  function draw() {
    const { game, shape, data, points, last, own } = state;
    if (state.drawing) return drawOwn(ui.plane, root, own, state.pen);
    drawPlane(ui.plane, root, { game, shape, data, points, which: last.which, shown, memory });
  }
  function show(all = true) {
    draw();
    const { moments } = state;
    if (all) {
      curves(ui.losses, root, { x: moments.map((m) => m.iteration), now: state.game.iteration, across: "iteration", up: "loss", lines: [
        { colour: BLUE, dash: [], y: moments.map((m) => m.lossD) }, { colour: ORANGE, dash: [6, 3], y: moments.map((m) => m.lossG) }] });
      ui.tell(state);
    }
  }

  // What moves it

  function restart() {
    if (state.settings.shape === "own" && !state.own?.length) state.settings.shape = "ring"; // nothing is drawn yet
    ui.drawn();
    ui.chosen(state.settings);
    state.shape = state.settings.shape === "own" ? drawn(state.own) : SHAPES[state.settings.shape]();
    state.game = newGame(state.settings, state.shape.draw);
    state.data = state.shape.draw(256, randomNumbers(7));
    state.compared = state.shape.draw(512, randomNumbers(8));
    state.floors = floors(state.shape, 512);
    Object.assign(state, { moments: [], at: -1, part: -1, drawing: false });
    ui.explain([], "");
    look();
    count();
    remember();
    show();
  }
  function advance(times) {
    const begun = performance.now();
    for (let t = 0; t < times && performance.now() - begun < 25; t++) iterate(state.game);
  }
  function after(counted = true) {
    look();
    if (counted) {
      count();
      remember(); // so that each kept moment has its own numbers
    }
    show(counted);
  }
  function step() { pause(); advance(1); after(); }
  function turn(which) { pause(); which(state.game); state.game.iteration++; after(); }
  function back() { pause(); goTo(Math.max(0, state.at - 1)); }
  function goTo(place) {
    state.at = place;
    goBack(state.game, state.moments[place]);
    state.part = -1;
    ui.explain([], "");
    look();
    count();
    show();
  }
  function slowly(now) {
    if (now - (state.partSince ?? 0) < SLOW) return;
    state.partSince = now;
    state.part = (state.part + 1) % PARTS_OF_A_TURN.length;
    const [parts, words, act] = PARTS_OF_A_TURN[state.part];
    ui.explain(parts, words);
    shown.pulls = state.part >= 3 || ui.layers.pulls.checked;
    act?.(state.game);
    look();
    count();
    if (state.part === PARTS_OF_A_TURN.length - 1) remember();
    show();
  }
  function frame(now) {
    if (!state.playing) return;
    if (!root.isConnected) return pause();
    requestAnimationFrame(frame);
    if (document.hidden || !state.visible || now - (state.since ?? 0) < PACE) return;
    ui.pace(now, state);
    state.since = now;
    if (!state.speed) return slowly(now);
    advance(state.speed);
    after(state.frames++ % LOOKED_EVERY === 0);
    if (state.game.iteration % LONGEST < state.speed && state.game.iteration > state.speed) pause();
  }
  function play() {
    if (state.drawing) return learnDrawing();
    state.playing = true;
    state.since = undefined;
    ui.playing(true);
    requestAnimationFrame(frame);
  }
  function pause() {
    if (!state.playing) return;
    state.playing = false;
    shown.pulls = ui.layers.pulls.checked;
    if (state.game.iteration !== state.moments[state.at].iteration) {
      count();
      remember();
    }
    show();
    ui.playing(false);
  }
  function toggle() { state.playing ? pause() : play(); }
  function learnDrawing() {
    state.settings.shape = "own";
    restart();
    play();
  }
  function setUp({ set = {}, view = {}, speed = 2 }) {
    pause();
    Object.assign(state.settings, start, set);
    Object.assign(shown, { field: true, data: true, made: true, pulls: false, bent: false }, view);
    state.speed = speed;
    ui.chosen(state.settings, shown, speed);
    restart();
    play();
  }
  function saveNumbers() {
    const rows = [["iteration", "discriminator_loss", "generator_loss", "places_found", "share_near", "sliced_wasserstein", "jensen_shannon_nats"], ...state.moments.map(asRow)];
    const file = new Blob([rows.map((row) => row.join(",")).join("\n")], { type: "text/csv" });
    const link = made(null, "a", { href: URL.createObjectURL(file), download: "gan-in-the-plane.csv" });
    link.click();
    URL.revokeObjectURL(link.href);
  }
  new IntersectionObserver(([entry]) => { state.visible = entry.isIntersecting; }).observe(ui.plane);
  root.stop = pause;
  ui.chosen(state.settings, shown, state.speed);
  restart();
  if (!matchMedia("(prefers-reduced-motion: reduce)").matches) play();
  return { state, restart, step, goTo };
}
