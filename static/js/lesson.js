/** The lesson page. */

import { Content } from "./content.js";
import "./order_list.js";
import { Reading } from "./reading.js";
import { keepFolded } from "./outline.js";
import { Tabs } from "./tabs.js";
import "./time.js";
import { Tutor } from "./tutor.js";

const PARTS = {
  "[data-content]:has([data-task-card])": (root) => new Content(root),
  "[data-tutor]": (root) => new Tutor(root),
  "[data-tabs]": (list) => new Tabs(list),
  "[data-reading-bar]": (bar) => new Reading(document.querySelector("[data-reading]"), bar),
  "details[data-outline]": keepFolded,
};

for (const [selector, wire] of Object.entries(PARTS)) {
  const element = document.querySelector(selector);
  if (element) wire(element);
}
