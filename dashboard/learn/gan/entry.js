// What the page calls: the plane, or the film of a run. The same data a second time change nothing.
export default function ({ data, parentElement }) {
  const root = parentElement.querySelector(".gan");
  if (root.dataset.id === data.id) return;
  root.stop?.();
  root.dataset.id = data.id;
  root.replaceChildren();
  (data.frames ? film : player)(root, data);
}
