// The time of a demo, counted here: no server is asked. After `idle` seconds in which nothing was touched, the server is told once.
const told = (seconds) => `${Math.floor(seconds / 60)}:${String(Math.floor(seconds % 60)).padStart(2, "0")}`;
const TOUCHES = ["pointermove", "pointerdown", "keydown", "wheel"]; // no "scroll": pages scroll by themselves when they grow

function element(parent, tag, name) {
  const made = document.createElement(tag);
  made.className = name;
  parent.append(made);
  return made;
}

function built(root) {
  const time = element(root, "span", "time"), warning = element(root, "span", "warning"), full = element(root, "button", "full");
  full.type = "button";
  full.hidden = !document.fullscreenEnabled;
  full.onclick = () => (document.fullscreenElement ? document.exitFullscreen() : document.documentElement.requestFullscreen());
  warning.setAttribute("role", "status");
  return { time, warning, full };
}

export default function ({ data, parentElement, setTriggerValue }) {
  const root = parentElement.querySelector(".clock");
  root.stop?.();
  const parts = (root.parts ??= built(root)), began = Date.now();
  root.touched ??= began; // a page that is drawn again was not touched
  let at = "";
  const touch = (event) => {
    const now = `${event.screenX},${event.screenY}`, still = event.type === "pointermove" && now === at; // the page moved below the pointer
    at = event.type === "pointermove" ? now : at;
    if (!still) root.touched = Date.now();
  };
  for (const each of TOUCHES) document.addEventListener(each, touch, { capture: true, passive: true });
  const tick = () => {
    if (!root.isConnected) return root.stop();
    const quiet = (Date.now() - root.touched) / 1000, left = Math.ceil(data.idle - quiet);
    parts.full.textContent = document.fullscreenElement ? "Leave full screen" : "Full screen";
    if (data.passed < 0) return; // no path was begun
    parts.time.textContent = `${told(data.passed + (Date.now() - began) / 1000)}, planned to begin at ${told(data.planned)}`;
    parts.warning.textContent = left <= data.warned ? `The demo starts over in ${Math.max(0, left)} s; move the pointer to stay.` : "";
    if (left > 0) return;
    root.stop();
    setTriggerValue("idle", true);
  };
  const timer = setInterval(tick, 500);
  root.stop = () => {
    clearInterval(timer);
    for (const each of TOUCHES) document.removeEventListener(each, touch, { capture: true });
  };
  tick();
  return root.stop;
}
