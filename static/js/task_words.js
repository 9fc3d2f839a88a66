/** Says in words what a status body means for the learner. `taskqueue/wording.py` says the same to the letter. */

import { localTime } from "./time.js";

const CLOCK_FROM = 10_000;
const MINUTES_FROM = 90;
const INTERRUPTED = "It was interrupted.";

/** Return where the task is: `working` is said while it runs and names no step, `kept` when it does not go on. */
export function describe(body, { working, kept }) {
  if (body.status === "completed") return "Ready";
  if (body.status === "cancelled") return `Stopped. ${kept}`;
  if (body.status === "failed") return `${body.error} ${kept}`;
  if (body.next_attempt_at) return `${body.error || INTERRUPTED} ${again(body.next_attempt_at)} ${kept}`;
  return [place(body, working), range(body.eta_seconds)].filter(Boolean).join(" · ");
}

function again(iso) {
  const soon = Date.parse(iso) - Date.now() < CLOCK_FROM;
  return soon ? "We try again in a few seconds." : `We try again at ${localTime(iso)}.`;
}

function place({ status, queue_position: ahead, progress }, working) {
  if (status === "pending") return ahead ? `${ahead} ahead of you` : "Next in line";
  return progress?.step || working;
}

function range(seconds) {
  if (!seconds) return "";
  const [low, high] = seconds;
  if (high < MINUTES_FROM) return between(low, high, "s");
  return between(Math.floor(low / 60), Math.ceil(high / 60), "min");
}

function between(low, high, unit) {
  return low > 0 && low < high ? `${low}–${high} ${unit}` : `up to ${high} ${unit}`;
}
