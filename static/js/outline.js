/** The course outline beside a lesson stays folded or open from lesson to lesson. */

const KEY = "techtree.outline";
const WIDE = matchMedia("(min-width: 75rem)");

/** Open `details` where there is room, unless the learner folded it, and remember what they choose. */
export function keepFolded(details) {
  details.open = WIDE.matches && localStorage.getItem(KEY) !== "folded";
  details.addEventListener("toggle", () => {
    if (WIDE.matches) localStorage.setItem(KEY, details.open ? "open" : "folded");
  });
}
