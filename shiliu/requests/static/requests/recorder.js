/* A voice note: where the browser can record, a button fills the form's own file field; else that field is all. */
const MOST = 120; // seconds, as the server takes
const TYPES = ["audio/webm;codecs=opus", "audio/mp4", "audio/ogg;codecs=opus"];

const make = (name, properties) => Object.assign(document.createElement(name), properties);

class Recorder {
  constructor(root) {
    this.words = root.dataset;
    this.file = root.querySelector("[type=file]");
    this.button = make("button", { type: "button", className: "quiet", textContent: this.words.start });
    this.status = make("span", { className: "hint" });
    this.status.setAttribute("role", "status");
    this.sound = make("audio", { controls: true, hidden: true });
    this.drop = make("button", { type: "button", className: "plain", textContent: this.words.drop, hidden: true });
    const line = make("p", { className: "recorder" });
    line.append(this.button, this.status, this.sound, this.drop);
    this.file.before(line);
    this.button.addEventListener("click", () => (this.running ? this.running.stop() : this.start()));
    this.drop.addEventListener("click", () => this.show(null));
  }

  async start() {
    let stream;
    try {
      stream = await navigator.mediaDevices.getUserMedia({ audio: true });
    } catch {
      this.status.textContent = this.words.refused;
      return;
    }
    const mimeType = TYPES.find((type) => MediaRecorder.isTypeSupported(type));
    const pieces = [];
    this.running = new MediaRecorder(stream, { mimeType, audioBitsPerSecond: 32000 });
    this.running.addEventListener("dataavailable", ({ data }) => pieces.push(data));
    this.running.addEventListener("stop", () => this.stopped(stream, pieces));
    this.running.start();
    this.button.textContent = this.words.stop;
    this.since = Date.now();
    this.clock = setInterval(() => this.tick(), 250);
    this.tick();
  }

  tick() {
    const seconds = Math.floor((Date.now() - this.since) / 1000);
    this.status.textContent = `${this.words.running} ${seconds} / ${MOST}`;
    if (seconds >= MOST - 1) this.running.stop();
  }

  stopped(stream, pieces) {
    clearInterval(this.clock);
    stream.getTracks().forEach((track) => track.stop());
    const { mimeType } = this.running;
    this.running = null;
    const ending = mimeType.includes("mp4") ? "m4a" : mimeType.includes("ogg") ? "ogg" : "webm";
    this.show(new File(pieces, `voice.${ending}`, { type: mimeType.split(";")[0] }));
  }

  show(file) {
    const chosen = new DataTransfer();
    if (file) chosen.items.add(file);
    this.file.files = chosen.files;
    this.status.textContent = "";
    this.button.textContent = file ? this.words.again : this.words.start;
    this.sound.hidden = this.drop.hidden = !file;
    if (this.sound.src) URL.revokeObjectURL(this.sound.src);
    if (file) this.sound.src = URL.createObjectURL(file);
    else this.sound.removeAttribute("src");
  }
}

if (window.MediaRecorder && navigator.mediaDevices) {
  document.querySelectorAll("[data-recorder]").forEach((root) => new Recorder(root));
}
