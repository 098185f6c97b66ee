/* Ticking rows: all of the page at once, and how many they are. Without this script each is ticked by itself. */
const form = document.getElementById("many");
const all = form.querySelector("[data-all]");
const said = form.querySelector(".ticked");
const boxes = () => [...document.querySelectorAll("input[name='pick']")];

function tell() {
  const ticked = boxes().filter((box) => box.checked);
  said.textContent = ticked.length ? said.dataset.words.replace("{n}", ticked.length) : "";
  all.checked = ticked.length > 0 && ticked.length === boxes().length;
  all.indeterminate = ticked.length > 0 && !all.checked;
}

form.querySelector(".ticking").hidden = false;
all.addEventListener("change", () => {
  for (const box of boxes()) box.checked = all.checked;
  tell();
});
document.addEventListener("change", (event) => {
  if (event.target.name === "pick") tell();
});
document.body.addEventListener("htmx:afterSwap", tell);
tell();
