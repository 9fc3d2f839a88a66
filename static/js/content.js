/** A lesson's text that is not there yet: asks for it to be written, and shows it when it is. */

import { Draft } from "./draft.js";
import { postJson } from "./http.js";
import { readPage, takeOver } from "./refresh.js";
import { TaskCard } from "./task_card.js";

export class Content {
  #root;
  #card;
  #draft;

  /** `root` holds a task card and, while nothing is written, the form that asks for the text. */
  constructor(root) {
    this.#root = root;
    this.#card = new TaskCard(root.querySelector("[data-task-card]"));
    root.addEventListener("submit", (event) => this.#submitted(event));
    this.#draft = new Draft(root.querySelector("[data-draft]"));
    root.addEventListener("task:started", () => this.#draft.restart());
    root.addEventListener("task:token", ({ detail }) => this.#draft.add(detail.text));
    root.addEventListener("task:completed", () => this.#written());
  }

  async #submitted(event) {
    if (!event.target.matches("[data-write]")) return;
    event.preventDefault();
    const form = event.target;
    try {
      this.#card.follow(await postJson(form.action));
      // The pressed button goes away; who uses the keyboard goes on from here.
      this.#root.focus({ preventScroll: true });
      form.closest("[data-unwritten]").hidden = true;
      this.#announce("Writing the lesson.");
    } catch (error) {
      form.querySelector("[data-error]").textContent = error.message;
    }
  }

  async #written() {
    const page = await readPage();
    if (!page) return;
    this.#card.hide();
    this.#draft.giveWay(() => {
      takeOver(page);
      return this.#root.querySelector("#lesson-text .prose");
    });
    this.#announce("The lesson is written.");
    this.#root.dispatchEvent(new CustomEvent("lesson:written", { bubbles: true }));
  }

  #announce(text) {
    this.#root.querySelector("[data-live]").textContent = text;
  }
}
