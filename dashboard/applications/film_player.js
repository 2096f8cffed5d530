// Films side by side, frame by frame: play, one frame back or on, a slider. All frames are here; nothing asks the server.
const SPACE = " ", BACK = "ArrowLeft", ON = "ArrowRight";

function button(parent, text, label) {
  const made = document.createElement("button");
  made.type = "button";
  made.textContent = text;
  made.setAttribute("aria-label", label);
  parent.append(made);
  return made;
}

export default function ({ data, parentElement }) {
  const root = parentElement.querySelector(".films");
  if (root.dataset.id === data.id) return;
  root.stop?.();
  root.dataset.id = data.id;
  root.replaceChildren();
  const { films, unit, pace, alt } = data, count = films[0].frames.length;
  const shelf = document.createElement("div");
  shelf.className = data.shelf;
  const shown = films.map((film) => {
    const figure = document.createElement("figure"), image = new Image(), title = document.createElement("figcaption");
    title.textContent = film.title;
    image.alt = `${film.title}. ${alt}`;
    figure.append(title, image);
    shelf.append(figure);
    return { film, image, figure };
  });
  const bar = document.createElement("div");
  bar.className = "bar";
  const play = button(bar, "Play", "Play"), back = button(bar, "\u25c0", `One ${unit} back`), on = button(bar, "\u25b6", `One ${unit} on`);
  play.className = "play";
  const slider = document.createElement("input");
  slider.type = "range";
  slider.min = 1;
  slider.max = count;
  slider.setAttribute("aria-label", unit[0].toUpperCase() + unit.slice(1));
  const where = document.createElement("span");
  where.className = "where";
  bar.append(slider, where);
  root.append(shelf, bar);
  let at = data.first, timer = null;
  const show = (number) => {
    at = (number + count) % count;
    for (const { film, image, figure } of shown) {
      image.src = film.frames[at];
      figure.classList.toggle("given", Boolean(film.given?.[at]));
    }
    slider.value = at + 1;
    where.textContent = `${unit[0].toUpperCase()}${unit.slice(1)} ${at + 1} of ${count}${films.some((film) => film.given?.[at]) ? ", given" : ""}`;
  };
  root.stop = () => { clearInterval(timer); timer = null; play.textContent = "Play"; play.setAttribute("aria-label", "Play"); };
  const toggle = () => {
    if (timer) return root.stop();
    play.textContent = "Pause";
    play.setAttribute("aria-label", "Pause");
    if (data.once && at === count - 1) show(0);
    timer = setInterval(() => (!root.isConnected || (data.once && at === count - 1) ? root.stop() : show(at + 1)), pace);
  };
  const step = (by) => { root.stop(); show(at + by); };
  play.onclick = toggle;
  back.onclick = () => step(-1);
  on.onclick = () => step(1);
  slider.oninput = () => { root.stop(); show(Number(slider.value) - 1); };
  root.onkeydown = (event) => {
    if (event.target === slider || (event.key === SPACE && event.target.tagName === "BUTTON")) return;
    const acts = { [SPACE]: toggle, [BACK]: () => step(-1), [ON]: () => step(1) }[event.key];
    if (acts) { event.preventDefault(); acts(); }
  };
  show(at);
}
