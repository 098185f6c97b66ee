/* Keyboard shortcuts, as the page declares them: data-key="g r" or "/", data-does: click (where it is not said),
   focus, open (the dialog that aria-controls names), next and previous (in the list that data-for finds);
   tick and follow (the box, or the link, of the row with the focus), unfold (what is folded, to its first
   field), each (a button for all rows that are ticked; where none is, for the row with the focus).
   They never fire while something is typed or a modifier is held, and can be switched off (WCAG 2.2, 2.1.4). */

const STORED = "shiliu.keys";
const PATIENCE = 1500; // ms between “g” and its letter
const dialog = document.getElementById("keys");
const off = dialog.querySelector("[data-keys-off]");
let before = "";
let timer;

const isOff = () => localStorage.getItem(STORED) === "off";
const applies = (element) => !element.dataset.for || document.querySelector(element.dataset.for) !== null;
const declared = () => [...document.querySelectorAll("[data-key]")].filter(applies);

const move = (by) => (element) => {
  const rows = [...document.querySelectorAll(`${element.dataset.for} > li`)];
  const at = rows.findIndex((row) => row.contains(document.activeElement));
  const to = rows[at < 0 ? (by > 0 ? 0 : rows.length - 1) : at + by];
  (to?.querySelector(":scope > a") ?? to?.querySelector("a, button"))?.focus();
};

const here = () => document.activeElement?.closest(".desk-list > li");

function tick() {
  const box = here()?.querySelector("input[type=checkbox]");
  if (!box) return;
  box.checked = !box.checked;
  box.dispatchEvent(new Event("change", { bubbles: true }));
}

function unfold(element) {
  const folded = element.closest("details");
  if (folded) folded.open = true;
  const form = element.closest("form");
  const first = form?.querySelector("input:not([type=hidden]):not([name=then]), select, textarea");
  (first ?? element).focus();
}

function each(element) {
  if (!document.querySelector(`input[form="${element.form.id}"]:checked`)) {
    const box = here()?.querySelector("input[type=checkbox]");
    if (!box) return;
    box.checked = true;
  }
  element.form.requestSubmit(element);
}

const DOES = {
  click: (element) => element.click(),
  focus: (element) => element.focus(),
  open: () => show(),
  next: move(1),
  previous: move(-1),
  tick,
  unfold,
  each,
  follow: (element) => here()?.querySelector(element.dataset.to)?.click(),
};

function typing(target) {
  return target.closest("input:not([type=checkbox], [type=radio]), textarea, select, [contenteditable]") !== null;
}

function row(element) {
  const line = document.createElement("div");
  const term = document.createElement("dt");
  for (const key of element.dataset.key.split(" ")) {
    const cap = document.createElement("kbd");
    cap.textContent = key;
    term.append(cap, " ");
  }
  const says = document.createElement("dd");
  says.textContent = element.dataset.keyLabel ?? element.querySelector("span")?.textContent ?? element.textContent;
  line.className = "listed";
  line.append(term, says);
  return line;
}

function show() {
  const list = dialog.querySelector(".keys");
  list.querySelectorAll(".listed").forEach((line) => line.remove());
  list.append(...declared().filter((each) => !dialog.contains(each)).map(row));
  for (const line of list.querySelectorAll("[data-for]")) line.hidden = !applies(line);
  dialog.showModal();
}

function pressed(event) {
  if (event.ctrlKey || event.metaKey || event.altKey || event.isComposing) return;
  if (isOff() || dialog.open || typing(event.target)) return;
  const keys = before ? `${before} ${event.key}` : event.key;
  before = "";
  clearTimeout(timer);
  const found = declared().find((each) => each.dataset.key === keys);
  if (found) {
    event.preventDefault();
    DOES[found.dataset.does ?? "click"](found);
  } else if (declared().some((each) => each.dataset.key.startsWith(`${keys} `))) {
    before = keys;
    timer = setTimeout(() => { before = ""; }, PATIENCE);
  }
}

function tell() {
  off.setAttribute("aria-pressed", String(isOff()));
}

document.addEventListener("keydown", pressed);
for (const opener of document.querySelectorAll("[data-does='open']")) {
  opener.hidden = false;
  opener.addEventListener("click", show);
}
off.addEventListener("click", () => {
  if (isOff()) localStorage.removeItem(STORED);
  else localStorage.setItem(STORED, "off");
  tell();
});
tell();
