/** Brings the parts of the page that a finished task changed up to date. */

import { Unreachable, request } from "./http.js";
import { localiseTimes } from "./time.js";

const FIRST_WAIT = 1000;
const LONGEST_WAIT = 15_000;

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

/**
 * Return this page as the server has it now, or null when it is not to be had (signed out, gone). While the server
 * cannot be reached it asks again, for what is new is stored and will be there.
 */
export async function readPage() {
  for (let wait = FIRST_WAIT; ; wait = Math.min(2 * wait, LONGEST_WAIT)) {
    try {
      return await readOnce();
    } catch (error) {
      if (!(error instanceof Unreachable)) throw error;
    }
    await new Promise((resolve) => setTimeout(resolve, wait));
  }
}

/** Throws Unreachable when no answer comes, when it is cut short, or when the server cannot serve just now. */
async function readOnce() {
  const response = await request(window.location.href, { headers: { Accept: "text/html" } });
  if (response.status >= 500) throw new Unreachable("The server cannot serve.");
  if (!response.ok || response.redirected) return null;
  return new DOMParser().parseFromString(await bodyOf(response), "text/html");
}

async function bodyOf(response) {
  try {
    return await response.text();
  } catch (error) {
    throw new Unreachable("The answer was cut short.", { cause: error });
  }
}

function replaceOlder(newer) {
  const older = document.getElementById(newer.id);
  if (!older || older.dataset.version === newer.dataset.version) return;
  older.replaceWith(document.adoptNode(newer));
  localiseTimes(newer);
}
