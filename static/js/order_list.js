/**
 * `<order-list>`: a list whose items are put in order with buttons, and so by keyboard.
 *
 * Holds an `<ol>` of items with `data-number`, each with buttons `data-move="-1"` and `data-move="1"`, and the field
 * that carries the answer ("2, 1, 3"). Without scripts the field is typed into.
 */
class OrderList extends HTMLElement {
  connectedCallback() {
    this.#field.type = "hidden";
    this.dataset.ready = "";
    this.addEventListener("click", this.#clicked);
    this.#write();
  }

  disconnectedCallback() {
    this.removeEventListener("click", this.#clicked);
  }

  #clicked = (event) => {
    const button = event.target.closest("[data-move]");
    if (!button) return;
    const item = button.closest("li");
    if (button.dataset.move === "-1") item.previousElementSibling?.before(item);
    else item.nextElementSibling?.after(item);
    button.focus();
    this.#write();
  };

  #write() {
    const numbers = this.#items.map((item) => item.dataset.number);
    this.#field.value = numbers.join(", ");
    this.#items.forEach((item, index) => this.#describe(item, index));
  }

  #describe(item, index) {
    const place = `place ${index + 1} of ${this.#items.length}`;
    for (const button of item.querySelectorAll("[data-move]")) {
      const way = button.dataset.move === "-1" ? "up" : "down";
      button.ariaLabel = `Move ${way}: ${item.dataset.label}, ${place}`;
    }
  }

  get #items() {
    return [...this.querySelectorAll("li")];
  }

  get #field() {
    return this.querySelector("input[name=message]");
  }
}

customElements.define("order-list", OrderList);
