/** The tray of a learner's work: kept up to date on every page, and steered from there. */

import { Refusal, Unreachable, postJson, request } from "./http.js";
import { News, offerNotifications } from "./news.js";
import { localiseTimes } from "./time.js";
import { updateRows } from "./tray_rows.js";

const BUSY = 3000;
const QUIET = 10_000;
const ENDS = ["completed", "failed", "cancelled"];
const NEWS = [...ENDS, "seen"];
const NOT_REACHED = "The server cannot be reached. Check your connection and try again.";

/** Emits `tray:changed` on the document with `{rows: [{id, state, subject, title, path, statusUrl, …}]}`. */
export class Tray {
  #menu;
  #news;
  #etag = null;
  #timer = null;
  #looks = 0;
  #rows;

  constructor(menu, flash) {
    this.#menu = menu;
    this.#news = new News(flash);
    this.#rows = this.#read();
    menu.addEventListener("toggle", () => menu.open && this.#news.clear());
    menu.addEventListener("submit", (event) => this.#submitted(event));
    offerNotifications(menu.querySelector("[data-consent]"));
  }

  start() {
    document.addEventListener("visibilitychange", () => this.#lookIn(document.hidden ? QUIET : BUSY));
    document.addEventListener("task:progress", () => this.#isBusy || this.#lookIn(BUSY));
    for (const name of NEWS) document.addEventListener(`task:${name}`, () => this.#lookIn(0));
    this.#news.tell(this.#rows);
    this.#lookIn(BUSY);
  }

  /** A hidden tab looks only for what it may tell of. */
  #lookIn(milliseconds) {
    clearTimeout(this.#timer);
    if (document.hidden && !this.#isBusy) return;
    this.#timer = setTimeout(() => this.#look(), milliseconds);
  }

  /** Of looks that overlap the last one counts: an earlier answer may be older than what has happened since. */
  async #look() {
    const number = ++this.#looks;
    try {
      const headers = { Accept: "text/html, application/json", ...(this.#etag && { "If-None-Match": this.#etag }) };
      const response = await request(this.#menu.dataset.url, { headers });
      if (response.redirected || response.status === 401 || response.status === 404) return;
      const html = await response.text();
      if (number !== this.#looks) return;
      if (response.ok) this.#show(html, response.headers.get("ETag"));
    } catch (error) {
      if (!(error instanceof Unreachable)) throw error; // a lost network is told by the cards
      if (number !== this.#looks) return;
    }
    this.#lookIn(this.#isBusy ? BUSY : QUIET);
  }

  /** Cancel, try again, dismiss: by the forms that work without scripts too. */
  async #submitted(event) {
    event.preventDefault();
    this.#say("");
    try {
      await postJson(event.target.action);
    } catch (error) {
      this.#say(error instanceof Refusal ? error.message : NOT_REACHED);
    }
    clearTimeout(this.#timer);
    this.#look();
  }

  #show(html, etag) {
    const page = new DOMParser().parseFromString(html, "text/html");
    localiseTimes(page);
    const list = this.#menu.querySelector("[data-rows] > ul");
    updateRows(list, page.querySelector("ul"), this.#menu.querySelector("summary"));
    this.#etag = etag;
    this.#rows = this.#read();
    this.#menu.querySelector("[data-count]").textContent = this.#rows.filter(({ isSeen }) => !isSeen).length || "";
    document.dispatchEvent(new CustomEvent("tray:changed", { detail: { rows: this.#rows } }));
    this.#news.tell(this.#rows);
  }

  #read() {
    return [...this.#menu.querySelectorAll("[data-task]")].map((row) => ({
      id: row.dataset.task,
      state: row.dataset.state,
      subject: row.dataset.subject,
      endedAt: row.dataset.endedAt,
      isFresh: "fresh" in row.dataset,
      isSeen: row.hidden,
      statusUrl: row.dataset.statusUrl,
      title: row.querySelector("a").textContent,
      path: row.querySelector("a").getAttribute("href"),
    }));
  }

  get #isBusy() {
    return this.#rows.some(({ state }) => !ENDS.includes(state));
  }

  #say(text) {
    this.#menu.querySelector("[data-trouble]").textContent = text;
  }
}
