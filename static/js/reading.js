/** How far the learner has read: a thin bar, and the section in view marked in the outline. */

export class Reading {
  #column;
  #bar;

  constructor(column, bar) {
    this.#column = column;
    this.#bar = bar;
    addEventListener("scroll", () => this.#measure(), { passive: true });
    addEventListener("resize", () => this.#measure(), { passive: true });
    // The column grows when a text arrives; observing it also measures it once.
    new ResizeObserver(() => this.#measure()).observe(column);
  }

  #measure() {
    const { top, height } = this.#column.getBoundingClientRect();
    const readable = height - window.innerHeight;
    const read = readable > 0 ? Math.min(1, Math.max(0, -top / readable)) : 1;
    this.#bar.value = read;
    this.#markSection();
  }

  #markSection() {
    const links = [...document.querySelectorAll("[data-headings] a")];
    const passed = links.filter((link) => topOf(link) < window.innerHeight / 3);
    for (const link of links) link.toggleAttribute("data-current", link === passed.at(-1));
  }
}

function topOf(link) {
  return document.getElementById(decodeURIComponent(link.hash.slice(1)))?.getBoundingClientRect().top ?? Infinity;
}
