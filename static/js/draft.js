/** Text while a model writes it, in the place where the finished text will stand. */

import { blocksOf, elementOf } from "./growing_markdown.js";
import { keepingPlace } from "./place.js";

export class Draft {
  #element;
  #text = "";
  #drawn = [];

  /**
   * `element` is empty and hidden until the first words come. Its words are in no live region. Its `data-top` is the
   * level of the uppermost headings.
   */
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

  /** Let `replace` put the finished text on the page, and go; the line that is read stays where it is. */
  giveWay(replace) {
    keepingPlace(this.#element, () => {
      const finished = replace();
      this.restart();
      return finished;
    });
  }

  /** Blocks that have not changed since the last time are left alone. */
  #show() {
    const blocks = blocksOf(this.#text, Number(this.#element.dataset.top));
    const drawn = blocks.map((block) => JSON.stringify(block));
    drawn.forEach((source, index) => {
      if (source !== this.#drawn[index]) this.#draw(index, elementOf(blocks[index]));
    });
    while (this.#element.children.length > blocks.length) this.#element.lastElementChild.remove();
    this.#drawn = drawn;
    this.#element.hidden = !blocks.length;
  }

  #draw(index, element) {
    const older = this.#element.children[index];
    if (older) older.replaceWith(element);
    else this.#element.append(element);
  }
}
