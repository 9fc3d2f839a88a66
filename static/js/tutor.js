/** The conversation with the tutor: what is said, what is being answered, and what could not be sent. */

import { Composer } from "./composer.js";
import { Conversation } from "./conversation.js";
import { Draft } from "./draft.js";
import { Refusal, newRequestId, postJson } from "./http.js";
import { readPage, refreshPage } from "./refresh.js";
import { TaskCard } from "./task_card.js";

const NOT_REACHED = "The server cannot be reached.";

export class Tutor {
  #root;
  #composer;
  #conversation;
  #card;
  #draft;
  #live;
  #sending = false;
  #told = new Set();

  constructor(root) {
    this.#root = root;
    this.#live = root.querySelector("[data-live]");
    this.#conversation = new Conversation(
      root.querySelector("[data-messages]"),
      root.querySelector("template[data-own-message]"),
    );
    this.#composer = new Composer(root.querySelector("form[data-composer]"), {
      onSend: (text) => this.#compose(text),
      onStop: () => this.#card.cancel(),
    });
    this.#draft = new Draft(root.querySelector("[data-draft]"));
    this.#listen();
    this.#card = new TaskCard(root.querySelector("[data-task-card]"));
    if (this.#card.isActive) this.#working();
  }

  #listen() {
    this.#root.addEventListener("submit", (event) => this.#submitted(event));
    this.#root.addEventListener("keydown", (event) => {
      if (event.key === "Escape" && this.#card.isActive) this.#card.cancel();
    });
    this.#root.addEventListener("task:progress", () => this.#conversation.following(() => this.#working()));
    this.#root.addEventListener("task:completed", ({ detail }) => this.#answered(detail));
    document.addEventListener("tray:changed", ({ detail }) => this.#meanwhile(detail.rows));
    this.#root.addEventListener("task:started", () => this.#draft.restart());
    this.#root.addEventListener("task:token", ({ detail }) => {
      this.#conversation.following(() => this.#draft.add(detail.text));
    });
    this.#root.addEventListener("task:failed", () => this.#ended("", "The answer could not be written"));
    this.#root.addEventListener("task:cancelled", ({ detail }) => {
      if (detail.html) this.#card.hide();
      this.#ended(detail.html, "Stopped");
    });
  }

  #compose(text) {
    if (!this.#isFree) return;
    this.#composer.text = "";
    this.#say({ message: text, submission_type: "chat" });
  }

  /** Forms marked `data-say` (exercises, suggestions) say something by their fields. */
  #submitted(event) {
    const form = event.target;
    if (!form.matches("[data-say]")) return;
    event.preventDefault();
    const { csrfmiddlewaretoken, ...turn } = Object.fromEntries(new FormData(form, event.submitter));
    if (this.#isFree && turn.message?.trim()) this.#say(turn);
  }

  get #isFree() {
    return !this.#sending && !this.#card.isActive;
  }

  #say(turn) {
    this.#card.hide();
    const message = this.#conversation.addOwn(turn.message);
    // Known by its id, a request that is sent again after a lost answer is not stored twice.
    this.#send({ ...turn, request_id: newRequestId() }, message);
  }

  async #send(turn, message) {
    this.#sending = true;
    message.dataset.state = "sending";
    try {
      const task = await postJson(this.#root.dataset.interactUrl, turn);
      message.dataset.state = "sent";
      this.#sending = false;
      this.#told.add(task.task_id);
      this.#card.follow(task);
    } catch (error) {
      this.#sending = false;
      this.#notSent(turn, message, error);
    }
  }

  #notSent(turn, message, error) {
    message.dataset.state = "unsent";
    const reason = error instanceof Refusal ? error.message : NOT_REACHED;
    message.querySelector("[data-reason]").textContent = `Not sent. ${reason}`;
    message.querySelector("[data-sign-in]").hidden = error.status !== 401;
    message.querySelector("[data-again]").onclick = () => this.#isFree && this.#send(turn, message);
    this.#conversation.toEnd();
    if (error.status === 409) refreshPage();
  }

  /** Show a turn of this conversation that another page or device has begun. */
  async #meanwhile(rows) {
    const mine = ({ subject }) => subject === this.#root.dataset.subject;
    const row = rows.find((each) => mine(each) && !this.#told.has(each.id));
    if (!row || !this.#isFree) return;
    this.#told.add(row.id);
    const page = await readPage();
    const newer = page?.querySelector("[data-tutor]");
    if (!newer || !this.#isFree) return;
    this.#conversation.following(() => this.#conversation.catchUp(newer.querySelector("[data-messages]")));
    this.#card.adopt(newer.querySelector("[data-task-card]"));
  }

  #working() {
    this.#composer.busy = true;
    this.#announce("Writing the answer");
  }

  #answered({ html }) {
    this.#card.hide();
    this.#ended(html, "Answer ready");
    refreshPage();
  }

  /** Put what is stored of the answer in the place of its draft. */
  #ended(html, announcement) {
    this.#conversation.following(() => {
      const wasRead = !this.#draft.isEmpty;
      let reply;
      this.#draft.giveWay(() => {
        [reply] = this.#conversation.addReplies(html ?? "");
        return reply?.querySelector(".prose");
      });
      return wasRead ? null : reply;
    });
    this.#composer.busy = false;
    this.#announce(announcement);
  }

  #announce(text) {
    if (this.#live.textContent !== text) this.#live.textContent = text;
  }
}
