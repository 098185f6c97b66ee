/* The list beside a request begins where one is in it. */
const list = document.querySelector(".beside");
const chosen = list?.querySelector(".chosen");
if (chosen) list.scrollTop = chosen.offsetTop - list.offsetTop - list.clientHeight / 3;
