/** Keeps the line that is being read where it is, while the text around it is replaced. */

const ENOUGH = 24;

/**
 * `replace` puts other blocks in the place of those in `element` and returns what holds them, or null. The first block
 * of `element` that can be seen then stands where its successor stands, however much taller what is above it became.
 */
export function keepingPlace(element, replace) {
  const scroller = element.closest("[data-scroller]") ?? document.scrollingElement;
  const read = firstSeen(element, topOf(scroller));
  const before = read?.getBoundingClientRect().top;
  const position = read && [...element.children].indexOf(read);
  const blocks = element.children.length;
  scroller.style.overflowAnchor = "none"; // the browser's own idea of it would be added to ours
  const finished = replace();
  const successor = read && finished && successorOf(read, finished.children, position, blocks);
  if (successor) scroller.scrollTop += successor.getBoundingClientRect().top - before;
  requestAnimationFrame(() => scroller.style.removeProperty("overflow-anchor"));
}

function topOf(scroller) {
  if (scroller !== document.scrollingElement) return scroller.getBoundingClientRect().top;
  return document.querySelector(".header")?.getBoundingClientRect().bottom ?? 0;
}

function firstSeen({ children }, edge) {
  return [...children].find((block) => block.getBoundingClientRect().bottom > edge);
}

/** The block at the same place when there are as many; else the nearest that begins with the same letters. */
function successorOf(read, candidates, position, blocks) {
  if (candidates.length === blocks) return candidates[position];
  const near = (each) => Math.abs([...candidates].indexOf(each) - position);
  const same = [...candidates].filter((each) => letters(each) === letters(read));
  return same.sort((one, other) => near(one) - near(other))[0] ?? candidates[Math.min(position, candidates.length - 1)];
}

function letters({ textContent }) {
  return textContent.replaceAll(/[^\p{L}\p{N}]/gu, "").slice(0, ENOUGH);
}
