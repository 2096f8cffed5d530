// Logit lens: for each token (across) what each layer (down) would have said comes next.
export default function ({ data, parentElement }) {
  const root = parentElement.querySelector(".root");
  root.replaceChildren();
  const { pieces, next, names, lens, chances, rows, alt } = data, n = pieces.length;
  const scroller = made("div", { class: "scroller" }, root), table = made("table", {}, scroller);
  made("caption", {}, table, alt);
  const body = made("tbody", {}, table), cells = [];

  function line(title, of, kind) {
    const row = made("tr", { class: kind }, body);
    made("th", { scope: "row" }, row, title);
    return Array.from({ length: n }, (_, i) => of(made("td", {}, row), i));
  }

  line("comes next in the text", (cell, i) => { cell.textContent = i + 1 < n ? names[next[i]] : "?"; }, "given");
  lens.forEach((layer, depth) => cells.push(line(rows[depth], (cell, i) => {
    cell.textContent = names[layer[i][0]];
    cell.dataset.place = `${depth},${i}`;
    cell.style.background = `rgb(53 115 185 / ${(8 + 62 * chances[depth][i][0]).toFixed(0)}%)`;
    if (i + 1 < n && layer[i][0] === next[i]) cell.className = "right";
    return cell;
  }, "layer")));
  line("token read", (cell, i) => { cell.textContent = pieces[i]; }, "given");

  let card = null, at = null;
  const close = () => { card?.remove(); card = null; if (at) cells[at[0]][at[1]].classList.remove("here"); at = null; };
  function open(depth, i) {
    if (at && at[0] === depth && at[1] === i) return;
    close();
    at = [depth, i];
    cells[depth][i].classList.add("here");
    card = made("div", { class: "card", role: "status" }, root);
    const head = made("p", {}, card);
    head.append(`${rows[depth]}, after `);
    made("code", {}, head, pieces[i]);
    head.append(` (token ${i + 1}):`);
    lens[depth][i].forEach((token, place) => {
      const entry = made("div", { class: "entry" }, card);
      made("code", {}, entry, names[token]);
      made("span", {}, entry, percent(chances[depth][i][place]));
    });
    placeCard(card, cells[depth][i], root);
  }
  const under = (event) => {
    const place = event.target.closest?.("[data-place]")?.dataset.place;
    if (place) open(...place.split(",").map(Number));
  };
  table.onpointermove = under;
  table.onclick = under;
  scroller.onpointerleave = close;
  scroller.onscroll = close;
  scroller.tabIndex = 0;
  scroller.setAttribute("role", "application");
  scroller.setAttribute("aria-label", alt + " Arrow keys walk over the cells.");
  scroller.onkeydown = (event) => {
    const step = { ArrowRight: [0, 1], ArrowLeft: [0, -1], ArrowUp: [-1, 0], ArrowDown: [1, 0] }[event.key];
    if (event.key === "Escape") close();
    if (!step) return;
    event.preventDefault();
    const [depth, i] = at ? [at[0] + step[0], at[1] + step[1]] : [0, 0];
    const to = [Math.min(Math.max(depth, 0), lens.length - 1), Math.min(Math.max(i, 0), n - 1)];
    scroller.onscroll = null;
    cells[to[0]][to[1]].scrollIntoView({ block: "nearest", inline: "nearest" });
    open(...to);
    setTimeout(() => { scroller.onscroll = close; }, 200);
  };
}
