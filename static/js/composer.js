/** The box in which the learner writes. It grows; Enter sends, Shift+Enter breaks the line, Escape stops the answer. */

export class Composer {
  #form;
  #box;
  #button;
  #busy = false;

  /** `onSend(text)` is called with what was written, `onStop()` while an answer is being written. */
  constructor(form, { onSend, onStop }) {
    this.#form = form;
    this.#box = form.querySelector("textarea");
    this.#button = form.querySelector("[data-send]");
    form.addEventListener("submit", (event) => {
      event.preventDefault();
      if (this.#busy) onStop();
      else if (this.text) onSend(this.text);
    });
    this.#box.addEventListener("input", () => this.#grow());
    this.#box.addEventListener("keydown", (event) => this.#pressed(event));
    this.#grow();
  }

  get text() {
    return this.#box.value.trim();
  }

  set text(value) {
    this.#box.value = value;
    this.#grow();
  }

  set busy(value) {
    this.#busy = value;
    this.#form.dataset.busy = String(value);
    // The box is empty by then, and an invalid form would keep Stop from being heard.
    this.#form.noValidate = value;
    this.#button.textContent = value ? this.#button.dataset.stop : this.#button.dataset.send;
  }

  focus() {
    this.#box.focus({ preventScroll: true });
  }

  #pressed(event) {
    // While an input method composes, Enter chooses a word.
    if (event.key !== "Enter" || event.shiftKey || event.isComposing) return;
    event.preventDefault();
    if (!this.#busy) this.#form.requestSubmit();
  }

  #grow() {
    this.#box.style.height = "auto";
    this.#box.style.height = `${this.#box.scrollHeight + this.#box.offsetHeight - this.#box.clientHeight}px`;
  }
}
