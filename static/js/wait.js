/** The page on which a learner waits for a course. */

import { TaskCard } from "./task_card.js";

const card = document.querySelector("[data-task-card]");
const shape = document.querySelector("[data-shape]");

function drawShape({ progress }) {
  if (!progress?.total) return;
  const rows = Array.from({ length: progress.total }, (_, index) => rowFor(index, progress.done));
  shape.replaceChildren(...rows);
}

function rowFor(index, done) {
  const row = shape.ownerDocument.createElement("li");
  row.dataset.state = index < done ? "done" : index === done ? "current" : "open";
  return row;
}

card.addEventListener("task:progress", ({ detail }) => drawShape(detail));
card.addEventListener("task:completed", ({ detail }) => window.location.replace(detail.redirect_url));
new TaskCard(card);
