/** Shows the times that the server wrote in UTC as the learner's clock has them. */

const FORMATS = {
  time: new Intl.DateTimeFormat(undefined, { timeStyle: "short" }),
  date: new Intl.DateTimeFormat(undefined, { dateStyle: "medium" }),
  moment: new Intl.DateTimeFormat(undefined, { dateStyle: "medium", timeStyle: "short" }),
};

/** Return an ISO 8601 time as the learner would say it. */
export function localTime(iso, format = "time") {
  return FORMATS[format].format(new Date(iso));
}

/** Rewrite every `<time datetime data-local="time|date|moment">` inside `root`. */
export function localiseTimes(root = document) {
  for (const element of root.querySelectorAll("time[data-local]")) {
    const format = element.dataset.local in FORMATS ? element.dataset.local : "moment";
    element.textContent = localTime(element.dateTime, format);
  }
}

localiseTimes();
