// A Plotly figure that is changed in place. Plotly itself is fetched once a page.
const fetched = (address) => window.genmodelsPlotly ??= new Promise((done, failed) => {
  const script = document.createElement("script");
  script.src = address;
  script.onload = () => done(window.Plotly);
  script.onerror = () => { window.genmodelsPlotly = undefined; failed(new Error("Plotly can't be fetched")); };
  document.head.append(script);
});

// The colours of the page, light or dark.
const dressed = (layout, style) => {
  const text = style.getPropertyValue("--st-text-color"), line = style.getPropertyValue("--st-border-color");
  const axis = (given) => ({ linecolor: line, gridcolor: line, tickcolor: line, zerolinecolor: line, ...given });
  const axes = Object.fromEntries(Object.keys(layout).filter((name) => /^[xy]axis/.test(name)).map((name) => [name, axis(layout[name])]));
  const hover = { bgcolor: style.getPropertyValue("--st-secondary-background-color"), bordercolor: line, font: { color: text } };
  return {
    ...layout, ...axes, autosize: true, paper_bgcolor: "rgba(0,0,0,0)", plot_bgcolor: "rgba(0,0,0,0)", hoverlabel: hover,
    font: { color: text, family: style.getPropertyValue("--st-font"), size: 12 },
  };
};

export default function ({ data, parentElement }) {
  const root = parentElement.querySelector(".live-chart");
  root.setAttribute("role", "figure");
  root.setAttribute("aria-label", data.alt);
  root.style.minHeight = `${data.height}px`;
  root.asked = data.figure;
  fetched(data.plotly).then((Plotly) => {
    if (root.asked !== data.figure) return; // a newer one came meanwhile
    const figure = JSON.parse(data.figure);
    return Plotly.react(root, figure.data, dressed(figure.layout, getComputedStyle(root)), { responsive: true, ...JSON.parse(data.config) });
  }).catch(() => { root.textContent = "The chart can't be drawn here; its numbers stand under The data."; });
}
