// Pieces of a text in their order, each with what stands under it (its number).
export default function ({ data, parentElement }) {
  const root = parentElement.querySelector(".root"), list = document.createElement("ol");
  list.setAttribute("aria-label", data.alt);
  data.pieces.forEach((piece, i) => {
    const item = document.createElement("li"), text = document.createElement("code"), under = document.createElement("span");
    text.textContent = piece;
    under.textContent = data.under[i];
    item.append(text, under);
    list.append(item);
  });
  root.replaceChildren(list);
}
