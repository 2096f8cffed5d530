// Before and after, one over the other; the slider says how far across the second one shows.
export default function ({ data, parentElement }) {
  const root = parentElement.querySelector(".root");
  root.replaceChildren();
  const paper = document.createElement("div");
  paper.className = "paper";
  const pictures = [data.before, data.after].map((source, i) => {
    const image = new Image();
    image.src = source;
    image.alt = data.names[i];
    paper.append(image);
    return image;
  });
  const slider = document.createElement("input");
  slider.type = "range";
  slider.min = 0;
  slider.max = 100;
  slider.value = 50;
  slider.setAttribute("aria-label", data.label);
  const show = () => { pictures[1].style.clipPath = `inset(0 0 0 ${slider.value}%)`; };
  slider.oninput = show;
  show();
  const names = document.createElement("div");
  names.className = "names";
  data.names.forEach((name) => { const span = document.createElement("span"); span.textContent = name; names.append(span); });
  root.append(paper, slider, names);
}
