/** The tray of a learner's work: kept up to date on every page, and says when something is ready. */

import { Unreachable, request } from "./http.js";
import { localiseTimes } from "./time.js";

const BUSY = 3000;
const QUIET = 10_000;
const ENDS = { completed: "is ready.", failed: "could not be finished." };

/**
 * Emits `tray:changed` on the document with `{rows: [{id, state, subject, title, path}]}`. Work that a card on the page
 * follows is the card's to tell of.
 */
export class Tray {
  #menu;
  #flash;
  #etag = null;
  #timer = null;
  #rows = new Map();
  #title = document.title;

  constructor(menu, flash) {
    this.#menu = menu;
    this.#flash = flash;
    this.#rows = this.#read();
    this.#offerNotifications();
  }

  start() {
    document.addEventListener("visibilitychange", () => this.#lookSoon());
    document.addEventListener("task:progress", () => this.#isBusy || this.#lookIn(BUSY));
    this.#lookSoon();
  }

  #lookSoon() {
    if (!document.hidden) document.title = this.#title;
    this.#lookIn(document.hidden ? QUIET : BUSY);
  }

  /** A hidden tab looks only for what it may notify of. */
  #lookIn(milliseconds) {
    clearTimeout(this.#timer);
    if (document.hidden && !(mayNotify() && this.#isBusy)) return;
    this.#timer = setTimeout(() => this.#look(), milliseconds);
  }

  async #look() {
    try {
      const headers = { Accept: "text/html, application/json", ...(this.#etag && { "If-None-Match": this.#etag }) };
      const response = await request(this.#menu.dataset.url, { headers });
      if (response.redirected || response.status === 401 || response.status === 404) return;
      if (response.ok) this.#show(await response.text(), response.headers.get("ETag"));
    } catch (error) {
      if (!(error instanceof Unreachable)) throw error; // a lost network is told by the cards
    }
    this.#lookIn(this.#isBusy ? BUSY : QUIET);
  }

  #show(html, etag) {
    const holder = this.#menu.querySelector("[data-rows]");
    if (holder.contains(document.activeElement)) return; // not under the learner's fingers; the next look will
    const before = this.#rows;
    const page = new DOMParser().parseFromString(html, "text/html");
    holder.replaceChildren(...page.body.children);
    localiseTimes(holder);
    this.#etag = etag;
    this.#rows = this.#read();
    const shown = holder.querySelectorAll("[data-task]:not([hidden])").length;
    this.#menu.querySelector("[data-count]").textContent = shown || "";
    this.#tell(before);
  }

  #read() {
    const rows = [...this.#menu.querySelectorAll("[data-task]")].map((row) => ({
      id: row.dataset.task,
      state: row.dataset.state,
      subject: row.dataset.subject,
      isSeen: row.hidden,
      statusUrl: row.dataset.statusUrl,
      title: row.querySelector("a").textContent,
      path: row.querySelector("a").getAttribute("href"),
    }));
    return new Map(rows.map((row) => [row.id, row]));
  }

  get #isBusy() {
    return [...this.#rows.values()].some(({ state }) => !(state in ENDS));
  }

  #tell(before) {
    const detail = { rows: [...this.#rows.values()] };
    document.dispatchEvent(new CustomEvent("tray:changed", { detail }));
    for (const row of detail.rows) {
      const ended = row.state in ENDS && before.get(row.id)?.state !== row.state;
      if (ended && before.has(row.id) && !row.isSeen && !isFollowedHere(row)) this.#announce(row);
    }
  }

  #announce({ id, state, title, path }) {
    const words = `${title} ${ENDS[state]}`;
    const notice = document.createElement("p");
    const link = document.createElement("a");
    notice.className = "notice";
    notice.dataset.kind = state === "failed" ? "error" : "success";
    link.href = path;
    link.textContent = "Open it";
    notice.append(`${words} `, link);
    this.#flash.replaceChildren(notice);
    document.title = `${words} · ${this.#title}`;
    // The tag makes one notification of those that several tabs send.
    if (mayNotify() && document.hidden) new Notification(words, { tag: id });
  }

  #offerNotifications() {
    const button = this.#menu.querySelector("[data-consent]");
    if (globalThis.Notification?.permission !== "default") return;
    button.hidden = false;
    button.addEventListener("click", async () => {
      await Notification.requestPermission();
      button.hidden = true;
    });
  }
}

function mayNotify() {
  return globalThis.Notification?.permission === "granted";
}

function isFollowedHere({ statusUrl }) {
  return document.querySelector(`[data-task-card][data-status-url="${statusUrl}"]`) !== null;
}
