/** Tells once that work has ended, however many tabs are open: by a notice, the document's title, and the browser. */

const ENDS = { completed: "is ready.", failed: "could not be finished." };
const SEEING = "techtree:seeing";
const TOLD = "techtree:told";
const REMEMBERED = 50;

export class News {
  #flash;
  #title = document.title;
  #letGo = null;

  /** `flash` is a live region at the edge of the page. What a card on the page shows the end of is told by it. */
  constructor(flash) {
    this.#flash = flash;
    for (const name of Object.keys(ENDS)) {
      document.addEventListener(`task:${name}`, ({ detail }) => remember(keyOf(detail.task_id, detail.finished_at)));
    }
    document.addEventListener("visibilitychange", () => this.#turned());
    this.#turned();
  }

  /** Tell of the rows of the tray that ended just now, `{id, state, title, path, statusUrl, endedAt, isFresh, isSeen}`. */
  async tell(rows) {
    this.#forget(rows);
    for (const row of rows) {
      if (row.state in ENDS && row.isFresh && !row.isSeen && !isFollowedHere(row) && (await isMine(row))) {
        this.#announce(row);
      }
    }
  }

  /** The learner has opened the tray, where the same stands. */
  clear() {
    this.#flash.replaceChildren();
    document.title = this.#title;
  }

  /** Hold, for other tabs to know, that somebody looks at this one. */
  #turned() {
    if (document.hidden) return this.#letGo?.();
    document.title = this.#title;
    const hold = () => (document.hidden ? null : new Promise((done) => (this.#letGo = done)));
    navigator.locks?.request(SEEING, { mode: "shared" }, hold);
  }

  /** Take away what was seen elsewhere meanwhile. */
  #forget(rows) {
    const open = new Set(rows.filter(({ isSeen }) => !isSeen).map(({ id }) => id));
    for (const notice of [...this.#flash.children]) {
      if (!open.has(notice.dataset.of)) notice.remove();
    }
  }

  #announce({ id, state, title, path }) {
    const words = `${title} ${ENDS[state]}`;
    this.#flash.append(noticeOf(id, words, path, state === "failed" ? "error" : "success"));
    document.title = `${words} · ${this.#title}`;
    if (mayNotify() && document.hidden) new Notification(words, { tag: id });
  }
}

/** Offer to tell by the browser, where it can be asked for; `button` is hidden until then. */
export function offerNotifications(button) {
  if (globalThis.Notification?.permission !== "default") return;
  button.hidden = false;
  button.addEventListener("click", async () => {
    await Notification.requestPermission();
    button.hidden = true;
  });
}

function mayNotify() {
  return globalThis.Notification?.permission === "granted";
}

function isFollowedHere({ statusUrl }) {
  return !document.hidden && document.querySelector(`[data-task-card][data-status-url="${statusUrl}"]`) !== null;
}

/**
 * Whether this tab is the one to tell of an end: one that is looked at before those that are not, and of several the
 * first. It keeps a lock of that name, as what it remembers reaches other tabs only after a while.
 */
async function isMine({ id, endedAt }) {
  const key = keyOf(id, endedAt);
  if (!navigator.locks) return remember(key);
  if (document.hidden && (await isSeenElsewhere())) return false;
  return new Promise((answer) => {
    navigator.locks.request(`${TOLD}:${key}`, { ifAvailable: true }, (lock) => {
      const isFirst = lock !== null && remember(key);
      answer(isFirst);
      return isFirst ? new Promise(() => {}) : null;
    });
  });
}

async function isSeenElsewhere() {
  const { held } = await navigator.locks.query();
  return held.some(({ name }) => name === SEEING);
}

function keyOf(id, endedAt) {
  return `${id} ${endedAt}`;
}

/** Note that an end was told; false when it was before. */
function remember(key) {
  try {
    const told = JSON.parse(localStorage.getItem(TOLD) ?? "[]");
    if (told.includes(key)) return false;
    localStorage.setItem(TOLD, JSON.stringify([...told, key].slice(-REMEMBERED)));
  } catch {
    // Without storage each page tells for itself.
  }
  return true;
}

function noticeOf(id, words, path, kind) {
  const notice = document.createElement("div");
  const text = document.createElement("p");
  const link = document.createElement("a");
  const close = document.createElement("button");
  notice.className = "notice";
  Object.assign(notice.dataset, { kind, of: id });
  link.href = path;
  link.textContent = "Open it";
  close.type = "button";
  close.className = "button button--small";
  close.textContent = "Close";
  close.addEventListener("click", () => notice.remove());
  text.textContent = words;
  notice.append(text, link, close);
  return notice;
}
