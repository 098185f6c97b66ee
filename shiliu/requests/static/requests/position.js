/* “Where I am now”: the telephone's place (WGS-84) goes to the server once, which finds the area that it lies in. */
const ROUGH = 300; // metres; a grid is not much larger
const form = document.getElementById("by-position");

function locate(button, status) {
  const told = (sentence) => { status.textContent = sentence; button.disabled = false; };
  button.disabled = true;
  navigator.geolocation.getCurrentPosition(
    ({ coords }) => {
      if (coords.accuracy > ROUGH) return told(form.dataset.rough);
      form.elements.lat.value = coords.latitude.toFixed(6);
      form.elements.long.value = coords.longitude.toFixed(6);
      form.submit();
    },
    () => told(form.dataset.none),
    { enableHighAccuracy: true, timeout: 15000, maximumAge: 60000 },
  );
}

if (form && "geolocation" in navigator && window.isSecureContext) {
  const button = form.querySelector("button");
  button.addEventListener("click", () => locate(button, form.querySelector("[role=status]")));
  form.hidden = false;
}
