/** The rows of a learner's work: each follows its task, and the page is read again when one is done. */

import { TaskCard } from "./task_card.js";
import "./time.js";

for (const element of document.querySelectorAll("[data-task-card]")) {
  element.addEventListener("task:completed", ({ detail }) => {
    if (detail.redirect_url) window.location.assign(detail.redirect_url);
    else window.location.reload();
  });
  new TaskCard(element);
}
