// The epochs of a trained GAN: what it drew at each, and both losses with a line where one is.
function film(root, { frames, history, alt, pace }) {
  const state = { at: frames.length - 1, timer: null };
  const bar = made(root, "div", { className: "bar" }), play = button(bar, "Play", () => (state.timer ? stop() : start()));
  play.className = "play";
  button(bar, "Step back", () => step(-1), "One frame back");
  button(bar, "Step", () => step(1), "One frame on");
  const slider = made(made(bar, "label", { className: "rewind" }, "Rewind"), "input", { type: "range", min: 0, max: frames.length - 1, oninput: () => { stop(); show(Number(slider.value)); } });
  const two = made(root, "div", { className: "two" }), left = made(two, "div", { className: "left" }), right = made(two, "div", { className: "right" });
  const image = made(left, "img", { className: "plane" }), words = made(right, "p", { className: "summary" });
  const losses = made(right, "canvas", { className: "losses", role: "img", "aria-label": "Both losses over the epochs" });
  made(right, "p", { className: "small", textContent: "Blue line: discriminator’s loss. Orange dashes: generator’s loss. Upright line: the epoch that is shown. Means of an epoch each." });
  function show(at) {
    state.at = (at + frames.length) % frames.length;
    const { epoch, picture, said } = frames[state.at];
    image.src = picture;
    image.alt = `${alt}, epoch ${epoch}`;
    words.textContent = said;
    slider.value = state.at;
    slider.setAttribute("aria-valuetext", `epoch ${epoch}`);
    curves(losses, root, { x: history.epoch, now: epoch, across: "epoch", up: "loss", lines: [
      { colour: BLUE, dash: [], y: history.discriminator }, { colour: ORANGE, dash: [6, 3], y: history.generator }] });
  }
  function stop() { clearInterval(state.timer); state.timer = null; play.textContent = "Play"; play.setAttribute("aria-label", "Play"); }
  function start() {
    play.textContent = "Pause";
    play.setAttribute("aria-label", "Pause");
    show(state.at + 1);
    state.timer = setInterval(() => (!root.isConnected ? stop() : state.at === frames.length - 1 ? stop() : show(state.at + 1)), pace);
  }
  function step(by) { stop(); show(state.at + by); }
  root.stop = stop;
  show(state.at);
}
