/* What a kind of matter asks further appears when it is chosen. */
const place = document.getElementById("further");
let latest = 0;

async function ask(category) {
  const turn = ++latest;
  const answer = await fetch(`?${new URLSearchParams({ further: "1", category })}`);
  if (answer.ok && turn === latest) place.innerHTML = await answer.text();
}

place?.closest("form").addEventListener("change", ({ target }) => {
  if (target.name === "category") ask(target.value);
});
