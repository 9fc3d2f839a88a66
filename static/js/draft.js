/** Text while a model writes it: plain, in the place where the finished text will stand. */

export class Draft {
  #element;
  #text = "";

  /** `element` is empty and hidden until the first words come. Its words are in no live region. */
  constructor(element) {
    this.#element = element;
  }

  get element() {
    return this.#element;
  }

  get isEmpty() {
    return this.#text === "";
  }

  /** A run begins, or begins again and tells everything from its start. */
  restart() {
    this.#text = "";
    this.#show();
  }

  add(text) {
    this.#text += text;
    this.#show();
  }

  #show() {
    this.#element.textContent = readable(this.#text);
    this.#element.hidden = this.isEmpty;
  }
}

/** Without the marks that the finished text will not show either. */
function readable(markdown) {
  return markdown.replaceAll(/^#{1,6} +/gm, "").replaceAll("**", "");
}
