/** Brings the rows of the tray up to date without taking them from under the learner's fingers. */

const TEXTS = [".tray__title", ".tray__line"];

/** Make `list` show what `newer` shows. When the focus was on what goes away, it goes on to the row or to `fallback`. */
export function updateRows(list, newer, fallback) {
  const hadFocus = list.contains(document.activeElement);
  const known = new Map([...list.children].map((row) => [row.dataset.task, row]));
  const rows = [...newer.children].map((row) => updated(known.get(row.dataset.task), document.adoptNode(row)));
  for (const row of [...list.children]) if (!rows.includes(row)) row.remove();
  rows.forEach((row, index) => {
    if (list.children[index] !== row) list.insertBefore(row, list.children[index] ?? null);
  });
  const { activeElement } = document;
  if (hadFocus && (!list.contains(activeElement) || activeElement.closest("[hidden]"))) fallback.focus();
}

function updated(row, newer) {
  if (!row) return newer;
  if (row.dataset.state !== newer.dataset.state) return replaced(row, newer);
  for (const selector of TEXTS) {
    const [part, fresh] = [row, newer].map((each) => each.querySelector(selector));
    if (part.innerHTML !== fresh.innerHTML) part.replaceChildren(...fresh.childNodes);
  }
  Object.assign(row.dataset, newer.dataset);
  if (!("fresh" in newer.dataset)) delete row.dataset.fresh;
  row.hidden = newer.hidden;
  return row;
}

function replaced(row, newer) {
  const hadFocus = row.contains(document.activeElement);
  row.replaceWith(newer);
  if (hadFocus) newer.querySelector("button")?.focus();
  return newer;
}
