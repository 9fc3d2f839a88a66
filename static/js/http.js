/** Talks to our own endpoints. What goes wrong is a Refusal (the server said no) or Unreachable (nobody answered). */

const PATIENCE = 20_000;

/** The server's `{"code", "message"}` with its HTTP status; `retryAfter` is in seconds, 0 when not given. */
export class Refusal extends Error {
  constructor(response, body) {
    super(body.message || "The server could not do this. Try again in a moment.");
    this.status = response.status;
    this.code = body.code || "unknown";
    this.retryAfter = retryAfter(response);
  }
}

/** No answer came: the network is gone, the server is down, or it took too long. */
export class Unreachable extends Error {}

/** Send a request as this learner and return the Response, whatever its status; throws Unreachable. */
export async function request(url, { method = "GET", headers = {}, body, keepalive = false } = {}) {
  try {
    return await fetch(url, {
      method,
      body,
      keepalive,
      credentials: "same-origin",
      headers: { Accept: "application/json", ...headers },
      signal: AbortSignal.timeout(PATIENCE),
    });
  } catch (error) {
    throw new Unreachable("No answer from the server.", { cause: error });
  }
}

/**
 * Post a JSON object and return the answer's; throws Refusal or Unreachable. With `keepalive` it is sent even if the page
 * is left at once.
 */
export async function postJson(url, data = {}, { keepalive = false } = {}) {
  const headers = { "Content-Type": "application/json", "X-CSRFToken": csrfToken() };
  return answerOf(await request(url, { method: "POST", headers, body: JSON.stringify(data), keepalive }));
}

/** Return the JSON of a good response; throws Refusal for any other, Unreachable when it was cut short. */
export async function answerOf(response) {
  let body = {};
  try {
    if (response.status !== 204) body = JSON.parse(await response.text());
  } catch (error) {
    if (response.ok) throw new Unreachable("The answer was cut short.", { cause: error });
  }
  if (!response.ok) throw new Refusal(response, body);
  return body;
}

/** Return the seconds of a Retry-After header, 0 without one. */
export function retryAfter(response) {
  return Number.parseInt(response.headers.get("Retry-After"), 10) || 0;
}

/** Return an id by which the server knows a request that is sent twice. */
export function newRequestId() {
  if (crypto.randomUUID) return crypto.randomUUID();
  // Plain http on a local network is no secure context and has no randomUUID (RFC 9562, section 5.4).
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  bytes[6] = (bytes[6] & 0x0f) | 0x40;
  bytes[8] = (bytes[8] & 0x3f) | 0x80;
  const hex = Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");
  return hex.replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, "$1-$2-$3-$4-$5");
}

function csrfToken() {
  // The cookie is newer than the page's field when the learner signed in again in another tab.
  const cookie = document.cookie.match(/(?:^|;\s*)csrftoken=([^;]+)/);
  return cookie?.[1] ?? document.querySelector("[name=csrfmiddlewaretoken]")?.value ?? "";
}
