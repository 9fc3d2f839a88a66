/** The messages between learner and tutor, as they stand on the page. */

import { localiseTimes } from "./time.js";

const NEAR = 80;

export class Conversation {
  #list;
  #scroller;
  #template;
  #follows = true;
  #top = 0;

  constructor(list, template) {
    this.#list = list;
    this.#scroller = list.closest("[data-scroller]") ?? list;
    this.#template = template;
    this.#scroller.addEventListener("scroll", () => this.#scrolled(), { passive: true });
    this.#startAtEnd();
  }

  /** Wait for the tutor's tab where it is one: what is hidden has no end to go to. */
  #startAtEnd() {
    const opened = new ResizeObserver(() => {
      if (!this.#scroller.clientHeight) return;
      opened.disconnect();
      this.toEnd();
    });
    opened.observe(this.#scroller);
  }

  /** Show the learner's message at once and return its element. */
  addOwn(text) {
    const message = this.#template.content.firstElementChild.cloneNode(true);
    message.querySelector("[data-text]").textContent = text;
    this.#list.append(message);
    this.toEnd();
    return message;
  }

  /** Add the messages of an HTML fragment that are not here yet, without moving what is being read. */
  addReplies(html) {
    const fragment = document.createElement("template");
    fragment.innerHTML = html;
    const fresh = [...fragment.content.children].filter((each) => !document.getElementById(each.id));
    this.#list.append(...fresh);
    fresh.forEach((each) => localiseTimes(each));
    return fresh;
  }

  /** Show the messages of a newer page; what could not be sent from here stays at the end. */
  catchUp(newer) {
    const unsent = this.#list.querySelectorAll("[data-state=unsent]");
    this.#list.replaceChildren(...[...newer.children].map((each) => document.adoptNode(each)), ...unsent);
    localiseTimes(this.#list);
  }

  /**
   * Do what makes the conversation longer. Who reads at its end stays there, or sees the element that `grow` returns;
   * others are not moved.
   */
  following(grow) {
    const shown = grow();
    if (this.#follows && shown) shown.scrollIntoView({ block: "nearest" });
    else if (this.#follows) this.toEnd();
  }

  toEnd() {
    this.#follows = true;
    this.#scroller.scrollTop = this.#scroller.scrollHeight;
  }

  /** Only going up says that somebody wants to read above: the end also moves away by itself when messages grow. */
  #scrolled() {
    const { scrollTop, scrollHeight, clientHeight } = this.#scroller;
    if (scrollHeight - scrollTop - clientHeight < NEAR) this.#follows = true;
    else if (scrollTop < this.#top) this.#follows = false;
    this.#top = scrollTop;
  }
}
