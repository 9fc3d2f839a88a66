/** Follows one task live: by its event stream where that can be had, by polling in any case. */

import { TaskPoller } from "./task_polling.js";

const TOLD = ["progress", "completed", "failed", "cancelled", "trouble"];

/**
 * Emits what TaskPoller emits, and besides `task:started` (a run begins, or begins again: text from before does not
 * count any more) and `task:token` with `{text}`, to be added to what came since the start.
 *
 * The poller has the last word: it alone carries results. The stream brings text, makes steps show at once, and says
 * when a look is worth while. Without it, or when it fails, everything still comes, only later.
 */
export class TaskStream extends EventTarget {
  #eventsUrl;
  #poller;
  #source = null;
  #known = {};

  constructor(statusUrl, eventsUrl) {
    super();
    this.#eventsUrl = eventsUrl;
    this.#poller = new TaskPoller(statusUrl);
    for (const name of TOLD) {
      this.#poller.addEventListener(`task:${name}`, ({ detail }) => this.#polled(name, detail));
    }
  }

  start() {
    this.#poller.start();
    document.addEventListener("visibilitychange", this.#seen);
    this.#listen();
    return this;
  }

  stop() {
    this.#poller.stop();
    document.removeEventListener("visibilitychange", this.#seen);
    this.#hangUp();
  }

  #seen = () => (document.hidden ? this.#hangUp() : this.#listen());

  #listen() {
    if (this.#source || !this.#eventsUrl || !globalThis.EventSource || document.hidden) return;
    this.#source = new EventSource(this.#eventsUrl);
    this.#on("started", () => {
      this.#tell("started", {});
      this.#tell("progress", this.#while({ progress: null }));
    });
    this.#on("progress", (progress) => this.#tell("progress", this.#while({ progress })));
    this.#on("token", (piece) => this.#tell("token", piece));
    for (const name of ["retry", "completed", "failed", "cancelled"]) {
      this.#on(name, () => this.#poller.look());
    }
    // EventSource comes back by itself after a lost connection, and is closed for good after a refusal.
    this.#source.addEventListener("error", ({ target }) => {
      if (target.readyState === EventSource.CLOSED) this.#hangUp();
    });
  }

  #on(name, hear) {
    this.#source.addEventListener(name, ({ data }) => hear(JSON.parse(data)));
  }

  #hangUp() {
    this.#source?.close();
    this.#source = null;
  }

  #polled(name, detail) {
    if (name !== "progress" && name !== "trouble") this.stop();
    if (name !== "trouble") this.#known = detail;
    this.#tell(name, detail);
  }

  /** What is known of a running task, with the news. */
  #while(news) {
    return { ...this.#known, status: "processing", next_attempt_at: null, ...news };
  }

  #tell(name, detail) {
    this.dispatchEvent(new CustomEvent(`task:${name}`, { detail }));
  }
}
