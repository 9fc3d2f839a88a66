/** Follows one task by its status URL until it ends. */

import { Refusal, answerOf, request, retryAfter } from "./http.js";

const FIRST_WAIT = 1000;
const LONGEST_WAIT = 5000;
const GROWTH = 1.5;
const LONGEST_RETRY_AFTER = 60_000;
const FINAL = new Set(["completed", "failed", "cancelled"]);

const WORDS = {
  offline: "The connection is lost. Your work goes on; this page looks again as soon as it can.",
  busy: "The server is busy. Your work goes on; this page looks again in a moment.",
  signed_out: "You are signed out. Your work goes on and is kept.",
  gone: "This work is not there any more.",
};

/**
 * Emits CustomEvents: `task:progress`, then one of `task:completed`, `task:failed`, `task:cancelled`, each with the
 * status body as `detail`; and `task:trouble` with `{kind, message}`, where kind is `offline` or `busy` (it goes on
 * looking, and the next `task:progress` says that all is well) or `signed_out` or `gone` (it has stopped).
 */
export class TaskPoller extends EventTarget {
  #url;
  #wait = FIRST_WAIT;
  #etag = null;
  #known = null;
  #timer = null;
  #running = false;
  #looking = false;
  #again = false;
  #troubled = false;

  constructor(statusUrl) {
    super();
    this.#url = statusUrl;
  }

  start() {
    if (this.#running) return this;
    this.#running = true;
    document.addEventListener("visibilitychange", this.#wake);
    window.addEventListener("online", this.#wake);
    this.#lookIn(FIRST_WAIT);
    return this;
  }

  stop() {
    this.#running = false;
    clearTimeout(this.#timer);
    document.removeEventListener("visibilitychange", this.#wake);
    window.removeEventListener("online", this.#wake);
  }

  /** Look now, for there is a reason to. A look that is under way is followed by another one. */
  look() {
    this.#wait = FIRST_WAIT;
    this.#again = this.#looking;
    if (this.#running) this.#look();
  }

  #wake = () => {
    clearTimeout(this.#timer);
    if (!document.hidden) this.look();
  };

  async #look() {
    if (this.#looking) return;
    clearTimeout(this.#timer);
    this.#looking = true;
    let pause = 0;
    try {
      pause = await this.#ask();
    } catch (error) {
      pause = this.#stumble(error);
    }
    this.#looking = false;
    if (this.#again) {
      this.#again = false;
      if (this.#running) this.#look();
      return;
    }
    this.#wait = Math.min(LONGEST_WAIT, this.#wait * GROWTH);
    this.#lookIn(Math.max(this.#wait, Math.min(LONGEST_RETRY_AFTER, pause * 1000)));
  }

  #lookIn(milliseconds) {
    clearTimeout(this.#timer);
    if (!this.#running || document.hidden) return;
    this.#timer = setTimeout(() => this.#look(), milliseconds);
  }

  /** Look once, tell what is new, and return the pause in seconds that the server asks for. */
  async #ask() {
    const headers = this.#etag ? { "If-None-Match": this.#etag } : {};
    const response = await request(this.#url, { headers });
    if (response.status === 304) {
      if (this.#troubled) this.#tell("progress", this.#known);
    } else {
      this.#learn(await answerOf(response));
      this.#etag = response.headers.get("ETag");
    }
    this.#troubled = false;
    return retryAfter(response);
  }

  #learn(body) {
    if (!this.#running) return;
    this.#known = body;
    const ended = FINAL.has(body.status);
    if (ended) this.stop();
    this.#tell(ended ? body.status : "progress", body);
  }

  /** Say what is wrong, stop when looking again cannot help, and return the pause the server asks for. */
  #stumble(error) {
    const kind = kindOf(error);
    if (this.#running) this.#tell("trouble", { kind, message: WORDS[kind] });
    if (kind === "signed_out" || kind === "gone") this.stop();
    this.#troubled = true;
    return error.retryAfter ?? 0;
  }

  #tell(name, detail) {
    this.dispatchEvent(new CustomEvent(`task:${name}`, { detail }));
  }
}

function kindOf(error) {
  if (!(error instanceof Refusal)) return "offline";
  if (error.status === 401) return "signed_out";
  if (error.status === 429 || error.status >= 500) return "busy";
  return "gone";
}
