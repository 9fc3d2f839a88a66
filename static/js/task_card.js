/** The card of a task: says what it is at, and carries its retry and cancel buttons. */

import { Refusal, postJson } from "./http.js";
import { TaskPoller } from "./task_polling.js";
import { TaskStream } from "./task_stream.js";
import { describe } from "./task_words.js";
import { localiseTimes } from "./time.js";

const EVENTS = ["progress", "completed", "failed", "cancelled"];
const HALTED = ["failed", "cancelled"];
const HEARD_AT_ONCE = ["started", "token"];
const NOT_REACHED = "The server cannot be reached. Check your connection and try again.";

/**
 * Wraps an element whose `data-status-url`, `data-cancel-url` and `data-retry-url` name a task, or name none yet.
 * The events of its poller are repeated on the element, bubbling; with `data-streamed` those of its stream. After a
 * `task:completed` that the learner saw comes `task:seen`, when the server knows of it.
 */
export class TaskCard {
  #element;
  #poller = null;

  constructor(element) {
    this.#element = element;
    element.addEventListener("submit", (event) => this.#submitted(event));
    document.addEventListener("tray:changed", ({ detail }) => this.#steered(detail.rows));
    if (element.dataset.statusUrl && isActive(element.dataset.state)) this.#poll();
  }

  get isActive() {
    return isActive(this.#element.dataset.state);
  }

  /** Follow the task that a 202 answer names. */
  follow(task) {
    const { status_url, events_url, cancel_url, retry_url, seen_url } = task;
    const { dataset } = this.#element;
    dataset.statusUrl = status_url;
    dataset.eventsUrl = events_url;
    dataset.cancelUrl = cancel_url;
    dataset.seenUrl = seen_url;
    dataset.retryUrl = retry_url;
    this.#heard("progress", task);
    this.#poll();
  }

  /** Follow the task of the same card on a newer page, if one is active there. */
  adopt(newer) {
    if (!isActive(newer.dataset.state)) return;
    Object.assign(this.#element.dataset, newer.dataset);
    this.#heard("progress", { status: newer.dataset.state });
    localiseTimes(newer);
    this.#say("line", newer.querySelector('[data-part="line"]').textContent.trim());
    this.#poll();
  }

  /** Another page, or the tray of this one, has started the same task again. */
  #steered(rows) {
    const row = rows.find(({ statusUrl }) => statusUrl === this.#element.dataset.statusUrl);
    if (!row || !isActive(row.state) || !HALTED.includes(this.#element.dataset.state)) return;
    this.#heard("progress", { status: row.state });
    this.#poll();
  }

  async cancel() {
    try {
      const body = await postJson(this.#element.dataset.cancelUrl);
      this.#poller?.stop();
      this.#heard(body.status, body);
    } catch (error) {
      // 409: it ended in the meantime, and the next look says how.
      if (error.status === 409) this.#poll();
      else this.#trouble(error);
    }
  }

  async retry() {
    try {
      this.follow(await postJson(this.#element.dataset.retryUrl));
    } catch (error) {
      this.#trouble(error);
    }
  }

  hide() {
    this.#element.hidden = true;
    this.#element.dataset.state = "none";
  }

  #submitted(event) {
    event.preventDefault();
    if (event.target.dataset.part === "retry") this.retry();
    if (event.target.dataset.part === "cancel") this.cancel();
  }

  #poll() {
    this.#poller?.stop();
    const { streamed, statusUrl, eventsUrl } = this.#element.dataset;
    this.#poller = streamed === undefined ? new TaskPoller(statusUrl) : new TaskStream(statusUrl, eventsUrl);
    for (const name of HEARD_AT_ONCE) {
      this.#poller.addEventListener(`task:${name}`, ({ detail }) => this.#repeat(name, detail));
    }
    for (const name of EVENTS) {
      this.#poller.addEventListener(`task:${name}`, ({ detail }) => this.#heard(name, detail));
    }
    this.#poller.addEventListener("task:trouble", ({ detail }) => {
      this.#say("trouble", detail.message);
      this.#toggle("sign-in", detail.kind === "signed_out");
    });
    this.#poller.start();
  }

  #heard(name, detail) {
    this.#show(detail);
    this.#repeat(name, detail);
    if (name === "completed" && !document.hidden) this.#see();
  }

  /** What ends before the learner's eyes needs no place in the tray. */
  async #see() {
    try {
      await postJson(this.#element.dataset.seenUrl, {}, { keepalive: true });
      this.#repeat("seen");
    } catch {
      // Then it stands there a while longer.
    }
  }

  #repeat(name, detail) {
    this.#element.dispatchEvent(new CustomEvent(`task:${name}`, { detail, bubbles: true }));
  }

  #show(body) {
    this.#element.hidden = false;
    this.#element.dataset.state = body.status;
    this.#say("line", describe(body, this.#element.dataset));
    this.#say("trouble", "");
    this.#meter(body.progress);
    this.#toggle("sign-in", false);
    this.#toggle("retry", body.status === "failed" || body.status === "cancelled");
    this.#toggle("cancel", isActive(body.status));
  }

  #meter(progress) {
    const meter = this.#part("meter");
    if (!meter) return;
    meter.hidden = !progress?.total;
    if (progress?.total) [meter.max, meter.value] = [progress.total, progress.done];
  }

  #trouble(error) {
    this.#say("trouble", error instanceof Refusal ? error.message : NOT_REACHED);
    this.#toggle("sign-in", error.status === 401);
  }

  #say(name, text) {
    const part = this.#part(name);
    if (!part || part.textContent === text) return;
    part.textContent = text;
    part.hidden = !text;
  }

  #toggle(name, visible) {
    const part = this.#part(name);
    if (part) part.hidden = !visible;
  }

  #part(name) {
    return this.#element.querySelector(`[data-part="${name}"]`);
  }
}

function isActive(state) {
  return state === "pending" || state === "processing";
}
