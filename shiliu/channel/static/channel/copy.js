// Copies the text of a group. The button appears only where the browser can; the text can be selected anyway.
const select = (element) => {
  const range = document.createRange();
  range.selectNodeContents(element);
  const chosen = getSelection();
  chosen.removeAllRanges();
  chosen.addRange(range);
};

// navigator.clipboard is there on https alone; in an app's own browser the older way may be the only one.
const copy = async (element) => {
  if (navigator.clipboard) {
    try {
      await navigator.clipboard.writeText(element.textContent);
      return true;
    } catch { /* refused: the older way */ }
  }
  select(element);
  return document.execCommand("copy");
};

for (const button of document.querySelectorAll("[data-copy]")) {
  const text = document.getElementById(button.dataset.copy);
  button.hidden = false;
  button.addEventListener("click", async () => {
    if (await copy(text)) {
      button.firstChild.textContent = button.dataset.copied;
      button.setAttribute("aria-live", "polite");
    } else {
      select(text);
    }
  });
}
