/* A guide's questions, one at a time. What is answered stands in a variable of this page: nothing is sent, nothing
   is put into storage, the address or the history, and leaving the page forgets it. */

/** The tree as the page has it: where it begins, and for each question what its answers lead to. */
export function read(root) {
  const questions = new Map();
  for (const each of root.querySelectorAll("[data-question]")) {
    questions.set(each.dataset.question, [...each.querySelectorAll("[data-to]")].map((way) => way.dataset.to));
  }
  return { first: [...questions.keys()][0], questions };
}

/** The name of the question or the outcome to which these answers (their places, from 0) lead. */
export function walk(tree, choices) {
  return choices.reduce((at, choice) => tree.questions.get(at)[choice], tree.first);
}

const name = (part) => part.dataset.question ?? part.dataset.outcome;

/** Show one question after the other, instead of all of them. */
export function begin(root) {
  const tree = read(root);
  const parts = [...root.querySelectorAll("[data-question], [data-outcome]")];
  const steps = root.querySelector(".steps");
  let choices = [];

  function show(isTaken) {
    const at = walk(tree, choices);
    for (const part of parts) part.hidden = name(part) !== at;
    steps.hidden = choices.length === 0;
    if (isTaken) parts.find((part) => !part.hidden)?.querySelector("h3").focus();
  }
  function go(next, isTaken = true) {
    choices = next;
    show(isTaken);
  }

  for (const question of root.querySelectorAll("[data-question]")) {
    [...question.querySelectorAll("[data-to]")].forEach((way, place) => {
      const words = way.querySelector("b");
      const button = document.createElement("button");
      button.type = "button";
      button.className = "quiet";
      button.lang = words.lang;
      button.dir = words.dir;
      button.textContent = words.textContent;
      button.addEventListener("click", () => go([...choices, place]));
      words.replaceWith(button);
    });
  }
  root.querySelector("[data-back]").addEventListener("click", () => go(choices.slice(0, -1)));
  root.querySelector("[data-again]").addEventListener("click", () => go([]));
  // Whoever takes the same telephone and goes back finds the first question.
  addEventListener("pagehide", () => go([], false));
  root.classList.add("stepwise");
  show(false);
}

document.querySelectorAll("[data-guide]").forEach(begin);
