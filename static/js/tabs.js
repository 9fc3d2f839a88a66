/** On a phone the lesson and the tutor take turns; each keeps its place. */

export class Tabs {
  #tabs;
  #places = new Map();

  /** `list` holds buttons with `role=tab` whose `aria-controls` names a panel. */
  constructor(list) {
    this.#tabs = [...list.querySelectorAll("[role=tab]")];
    for (const tab of this.#tabs) tab.addEventListener("click", () => this.show(tab));
    list.addEventListener("keydown", (event) => this.#pressed(event));
    this.show(this.#tabs[0]);
  }

  show(tab) {
    const last = this.#tabs.find((each) => each.getAttribute("aria-selected") === "true");
    if (last) this.#places.set(last, window.scrollY);
    for (const each of this.#tabs) this.#mark(each, each === tab);
    window.scrollTo({ top: this.#places.get(tab) ?? window.scrollY, behavior: "instant" });
  }

  #mark(tab, chosen) {
    tab.setAttribute("aria-selected", String(chosen));
    tab.tabIndex = chosen ? 0 : -1;
    document.getElementById(tab.getAttribute("aria-controls")).toggleAttribute("data-chosen", chosen);
  }

  #pressed(event) {
    const step = { ArrowRight: 1, ArrowLeft: -1 }[event.key];
    if (!step) return;
    const next = this.#tabs.indexOf(document.activeElement) + step;
    const tab = this.#tabs.at(next % this.#tabs.length);
    tab.focus();
    this.show(tab);
  }
}
