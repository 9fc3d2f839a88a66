/** Says in words what a status body of the tasks API means for the learner. */

import { localTime } from "./time.js";

const CLOCK_FROM = 10_000;

/** Return where the task is: `working` is said while it runs and names no step, `kept` when it does not go on. */
export function describe(body, { working, kept }) {
  if (body.status === "completed") return "Done.";
  if (body.status === "cancelled") return `Stopped. ${kept}`;
  if (body.status === "failed") return `${body.error} ${kept}`;
  if (body.next_attempt_at) return `${body.error} ${again(body.next_attempt_at)} ${kept}`;
  if (body.status === "pending") return place(body.queue_position);
  return body.progress?.step || working;
}

/** Return how long it will take, "" when that is not known. */
export function estimate(body) {
  if (!body.eta_seconds || body.next_attempt_at) return "";
  const [low, high] = body.eta_seconds;
  if (high < 90) return `About ${range(Math.max(1, low), high)} seconds.`;
  return `About ${range(Math.max(1, Math.round(low / 60)), Math.ceil(high / 60))} minutes.`;
}

function again(iso) {
  const soon = Date.parse(iso) - Date.now() < CLOCK_FROM;
  return soon ? "We try again in a few seconds." : `We try again at ${localTime(iso)}.`;
}

function place(before) {
  if (!before) return "Next in line.";
  return before === 1 ? "Waiting: one other is before you." : `Waiting: ${before} others are before you.`;
}

function range(low, high) {
  return low < high ? `${low} to ${high}` : String(high);
}
