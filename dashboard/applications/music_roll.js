// A piano roll that plays: notes by voice, the sound, and a playhead that follows the clock of the sound.
const SVG = "http://www.w3.org/2000/svg", HEIGHT = 330, EDGE = { left: 40, top: 10, bottom: 26 }, LEAST = 7;

function made(name, attributes, parent) {
  const own = ["svg", "rect", "line", "text", "title", "path"].includes(name);
  const element = own ? document.createElementNS(SVG, name) : document.createElement(name);
  for (const [key, value] of Object.entries(attributes)) element.setAttribute(key, value);
  if (parent) parent.append(element);
  return element;
}

function icon(parent, path) {
  const svg = made("svg", { width: 14, height: 14, viewBox: "0 0 14 14", "aria-hidden": "true" }, parent);
  made("path", { d: path, fill: "currentColor" }, svg);
}

const clock = (seconds) => `${Math.floor(seconds / 60)}:${String(Math.floor(seconds % 60)).padStart(2, "0")}`;

// What plays goes on while the page is drawn again around it.
class Player {
  constructor(sound, length) {
    this.bytes = Uint8Array.from(atob(sound), (letter) => letter.charCodeAt(0)).buffer;
    this.length = length;
    this.at = 0;
    this.source = null;
  }
  async play() {
    this.context = this.context || new AudioContext();
    if (this.context.state === "suspended") await this.context.resume();
    this.buffer = this.buffer || (await this.context.decodeAudioData(this.bytes));
    if (this.source) return;
    if (this.at >= this.length - 0.05) this.at = 0;
    this.source = this.context.createBufferSource();
    this.source.buffer = this.buffer;
    this.source.connect(this.context.destination);
    this.source.start(0, this.at);
    this.began = this.context.currentTime - this.at;
  }
  pause() {
    if (!this.source) return;
    this.at = this.now();
    this.source.stop();
    this.source = null;
  }
  now() { return this.source ? Math.min(this.context.currentTime - this.began, this.length) : this.at; }
  async seek(to) {
    const playing = Boolean(this.source);
    this.pause();
    this.at = Math.min(Math.max(to, 0), this.length);
    if (playing) await this.play();
  }
}

export default function ({ data, parentElement }) {
  const root = parentElement.querySelector(".roll");
  const { notes, steps, bar, seconds, sound, names, colours, lows, alt, id } = data;
  if (root.dataset.id !== id) {
    root.player?.pause();
    root.player = new Player(sound, steps * seconds);
    root.dataset.id = id;
  }
  const player = root.player, length = steps * seconds;
  const focused = parentElement.getRootNode().activeElement?.className;
  root.replaceChildren();
  const bars = made("div", { class: "buttons" }, root);
  const toggle = made("button", { type: "button", class: "play" }, bars);
  const again = made("button", { type: "button", class: "again" }, bars);
  icon(again, "M2,2h2v10h-2zM12,2v10l-7,-5z");
  made("span", {}, again).textContent = "From the beginning";
  const time = made("span", { class: "time" }, bars);
  const frame = made("div", { class: "frame", tabindex: 0, role: "slider", "aria-label": alt, "aria-valuemin": 0, "aria-valuemax": Math.round(length) }, root);
  const pitches = notes.map((note) => note[1]);
  const low = Math.min(...pitches, 60) - 2, high = Math.max(...pitches, 60) + 2;
  const width = Math.max(steps * LEAST, root.clientWidth - EDGE.left - 4), tall = (HEIGHT - EDGE.top - EDGE.bottom) / (high - low);
  const across = (step) => EDGE.left + (step / steps) * width, down = (pitch) => EDGE.top + (high - pitch) * tall;
  const svg = made("svg", { width: EDGE.left + width + 2, height: HEIGHT, "aria-hidden": "true" }, frame);
  for (let pitch = low; pitch < high; pitch++) {
    if ([1, 3, 6, 8, 10].includes(pitch % 12)) made("rect", { class: "black", x: EDGE.left, y: down(pitch + 1), width, height: tall }, svg);
    if (pitch % 12 === 0) {
      made("line", { class: "octave", x1: EDGE.left, x2: EDGE.left + width, y1: down(pitch), y2: down(pitch) }, svg);
      made("text", { x: EDGE.left - 6, y: down(pitch) + 1, "text-anchor": "end" }, svg).textContent = lows[pitch / 12];
    }
  }
  for (let step = 0; step <= steps; step += bar) {
    made("line", { class: "bar", x1: across(step), x2: across(step), y1: EDGE.top, y2: HEIGHT - EDGE.bottom }, svg);
    if (step < steps) made("text", { x: across(step) + 3, y: HEIGHT - 10 }, svg).textContent = step / bar + 1;
  }
  const drawn = notes.map(([voice, pitch, start, end, name]) => {
    const rect = made("rect", { class: "note", x: across(start) + 0.5, y: down(pitch + 1), width: Math.max(across(end) - across(start) - 1, 2), height: Math.max(tall - 0.5, 3), rx: 2, fill: colours[voice] }, svg);
    made("title", {}, rect).textContent = `${names[voice]}: ${name}, step ${start + 1} to ${end}`;
    return rect;
  });
  const head = made("line", { class: "head", y1: 0, y2: HEIGHT - EDGE.bottom + 6 }, svg);
  const legend = made("div", { class: "legend" }, root);
  names.forEach((name, voice) => {
    const entry = made("span", {}, legend);
    made("i", { style: `background:${colours[voice]}` }, entry);
    made("span", {}, entry).textContent = name;
  });
  let frameOf = 0;
  const show = () => {
    const now = player.now(), x = across(Math.min(now / seconds, steps)), step = now / seconds;
    if (player.source && now >= length) { player.pause(); player.at = 0; }
    head.setAttribute("x1", x);
    head.setAttribute("x2", x);
    notes.forEach((note, i) => drawn[i].classList.toggle("sounding", Boolean(player.source) && note[2] <= step && step < note[3]));
    time.textContent = `${clock(now)} of ${clock(length)}`;
    if (toggle.dataset.plays !== String(Boolean(player.source))) {
      toggle.dataset.plays = String(Boolean(player.source));
      toggle.replaceChildren();
      icon(toggle, player.source ? "M3,2h3v10h-3zM8,2h3v10h-3z" : "M3,1v12l10,-6z");
      made("span", {}, toggle).textContent = player.source ? "Pause" : "Play";
    }
    frame.setAttribute("aria-valuenow", Math.round(now));
    frame.setAttribute("aria-valuetext", `bar ${Math.floor(step / bar) + 1}, ${clock(now)}`);
    if (player.source && (x < frame.scrollLeft + EDGE.left || x > frame.scrollLeft + frame.clientWidth - 30)) frame.scrollLeft = x - EDGE.left - 20;
    cancelAnimationFrame(frameOf);
    if (player.source && root.isConnected) frameOf = requestAnimationFrame(show);
  };
  const press = async () => { if (player.source) player.pause(); else await player.play(); show(); };
  toggle.onclick = press;
  again.onclick = async () => { await player.seek(0); show(); };
  frame.onclick = async (event) => {
    const x = event.clientX - svg.getBoundingClientRect().left;
    await player.seek(((x - EDGE.left) / width) * length);
    show();
  };
  frame.onkeydown = async (event) => {
    const moves = { ArrowLeft: -bar * seconds, ArrowRight: bar * seconds, Home: -length, End: length }[event.key];
    if (event.key === " " || event.key === "Enter") { event.preventDefault(); await press(); }
    else if (moves !== undefined) { event.preventDefault(); await player.seek(player.now() + moves); show(); }
  };
  show();
  if (focused) root.querySelector(`.${focused.split(" ")[0]}`)?.focus({ preventScroll: true });
  return () => setTimeout(() => { if (!root.isConnected) player.pause(); }, 50);
}
