/** The page on which a learner waits for a course, and sees it take shape. */

import { TaskCard } from "./task_card.js";

const card = document.querySelector("[data-task-card]");
const heading = document.querySelector(".wait h1");
const objectives = document.querySelector("[data-objectives]");
const shape = document.querySelector("[data-shape]");

function draw({ progress }) {
  if (!progress) return;
  const modules = progress.preview?.modules ?? Array.from({ length: progress.total }, () => null);
  drawTitle(progress.preview?.title);
  drawObjectives(progress.preview?.objectives ?? []);
  modules.forEach((module, index) => drawModule(rowAt(index), module, stateOf(index, progress)));
  if (progress.total) dropFrom(shape, progress.total);
}

/** The course's own title, from its first letters; until then the topic stands there, and what is below stays there. */
function drawTitle(text) {
  if (!text) return;
  heading.style.minBlockSize ||= `${heading.offsetHeight}px`;
  setText(heading, text);
}

function drawObjectives(texts) {
  if (!texts.length) return;
  objectives.hidden = false;
  drawTexts(objectives.querySelector("ul"), texts);
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
  drawTexts(lessons, (module?.lessons ?? []).map(inWords), "wait__lesson");
}

function inWords({ title, minutes }) {
  return minutes ? `${title}, ${minutes} min` : title;
}

function drawTexts(list, texts, className = "") {
  texts.forEach((text, index) => {
    if (!list.children[index]) list.append(part("li", className));
    setText(list.children[index], text);
  });
}

/** A second try may plan fewer modules than the first had begun. */
function dropFrom(list, count) {
  while (list.children.length > count) list.lastElementChild.remove();
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
