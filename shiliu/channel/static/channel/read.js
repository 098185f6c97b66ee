// Says once that the page was read, when somebody sees it: a page made ready in advance is not read yet.
// The address of this page goes along (Referer), with the group by whose link one came.
const place = document.querySelector("[data-read]");

function tell() {
  fetch(place.dataset.read, { keepalive: true }).catch(() => {});
}

if (place) {
  if (document.prerendering) document.addEventListener("prerenderingchange", tell, { once: true });
  else tell();
}
