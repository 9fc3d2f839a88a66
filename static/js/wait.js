/** The page on which a learner waits for a course, and sees it take shape. */

import { TaskCard } from "./task_card.js";

const card = document.querySelector("[data-task-card]");
const shape = document.querySelector("[data-shape]");

function draw({ progress }) {
  if (!progress) return;
  const modules = progress.preview?.modules ?? Array.from({ length: progress.total }, () => null);
  title(progress.preview?.title);
  modules.forEach((module, index) => drawModule(rowAt(index), module, stateOf(index, progress)));
}

/** The course's own title, as soon as it is known; until then the topic stands there. */
function title(text) {
  if (text) shape.closest(".wait").querySelector("h1").textContent = text;
}

function stateOf(index, { done, total }) {
  if (!total || index > done) return "open";
  return index < done ? "done" : "current";
}

/** Rows are kept and only grow, so that nothing moves under the eyes. */
function rowAt(index) {
  if (!shape.children[index]) {
    const row = document.createElement("li");
    row.append(part("p", "wait__module"), part("ol", "wait__lessons"));
    shape.append(row);
  }
  return shape.children[index];
}

function drawModule(row, module, state) {
  row.dataset.state = state;
  const [name, lessons] = row.children;
  setText(name, module?.title ?? "");
  (module?.lessons ?? []).forEach((lesson, index) => {
    if (!lessons.children[index]) lessons.append(part("li", "wait__lesson"));
    setText(lessons.children[index], `${lesson.title}, ${lesson.minutes} min`);
  });
}

function part(tag, className) {
  const element = document.createElement(tag);
  element.className = className;
  element.dir = "auto";
  return element;
}

function setText(element, text) {
  if (element.textContent !== text) element.textContent = text;
}

card.addEventListener("task:progress", ({ detail }) => draw(detail));
card.addEventListener("task:completed", ({ detail }) => window.location.replace(detail.redirect_url));
new TaskCard(card);
