/** Brings the parts of the page that a finished task changed up to date. */

import { request } from "./http.js";
import { localiseTimes } from "./time.js";

/**
 * Read this page again and replace every element whose `data-version` is another one there. Elements are matched by
 * id; what stands between them stays, with whatever the learner is doing there.
 */
export async function refreshPage() {
  const page = await readPage();
  if (page) takeOver(page);
}

/** Do what `refreshPage` does with a page that was read already. */
export function takeOver(page) {
  for (const newer of page.querySelectorAll("[id][data-version]")) replaceOlder(newer);
}

/** Return this page as the server has it now, or null when it is not to be had. */
export async function readPage() {
  const response = await request(window.location.href, { headers: { Accept: "text/html" } });
  if (!response.ok || response.redirected) return null;
  return new DOMParser().parseFromString(await response.text(), "text/html");
}

function replaceOlder(newer) {
  const older = document.getElementById(newer.id);
  if (!older || older.dataset.version === newer.dataset.version) return;
  older.replaceWith(document.adoptNode(newer));
  localiseTimes(newer);
}
