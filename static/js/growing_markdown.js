/**
 * Reads Markdown while it is being written, as far as its outer shape goes: paragraphs, headings, lists, quotations,
 * tables, code, and formulas as their source. The server renders what is finished; here no markup is ever parsed.
 */

const FENCE = /^ {0,3}(`{3,}|~{3,})/;
const FORMULA = /^ {0,3}(\$\$|\\\[)/;
const KINDS = [
  ["heading", /^ {0,3}#{1,6} +/],
  ["rule", /^ {0,3}([-*_])( *\1){2,} *$/],
  ["bullets", /^ *[-*+] +/],
  ["numbers", /^ *\d{1,9}[.)] +/],
  ["quotation", /^ {0,3}> ?/],
  ["table", /^ *\|/],
];
const MARK_ALONE = /^[ #*+>|`~$_\\-]{1,5}$|^ *\d+[.)]? ?$/;
const INLINE = /(\*\*.+?\*\*|`[^`]+`|\$[^$\s](?:[^$]*[^$\s])?\$|\\\(.+?\\\)|\*[^*\s][^*]*\*)/s;

/**
 * Return the blocks of a text as `{kind, lines, level}`; a last line that is only a mark so far is left out. `top` is
 * the level of its uppermost headings, and below them no level is left out, as on the server.
 */
export function blocksOf(markdown, top) {
  const blocks = [];
  let open = null;
  for (const line of linesOf(markdown)) {
    if (open?.end) {
      open.lines.push(line);
      if (open.end(line)) open = null;
      continue;
    }
    const block = beginning(line);
    if (!block) open = continues(open) ? open : null;
    else if (open && joins(open, block)) open.lines.push(line);
    else blocks.push((open = block));
    if (open?.isWhole) open = null;
  }
  const levels = closedUp(blocks.filter(isHeading).map(({ lines }) => written(lines[0])), top);
  return blocks.map((block) => ({ kind: block.kind, lines: block.lines, level: isHeading(block) ? levels.shift() : 0 }));
}

/** Return an element for a block. */
export function elementOf({ kind, lines, level }) {
  const element = DRAW[kind](lines, level);
  element.dir = "auto";
  return element;
}

function linesOf(markdown) {
  const lines = markdown.split("\n");
  if (MARK_ALONE.test(lines.at(-1))) lines.pop();
  return lines;
}

function beginning(line) {
  if (!line.trim()) return null;
  const fence = FENCE.exec(line)?.[1];
  if (fence) return { kind: "code", lines: [line], end: (later) => later.trim() === fence };
  if (FORMULA.test(line)) return formula(line);
  const kind = KINDS.find(([, mark]) => mark.test(line))?.[0] ?? "paragraph";
  return { kind, lines: [line], isWhole: kind === "heading" || kind === "rule" };
}

function formula(line) {
  const closing = line.trim().startsWith("$$") ? "$$" : "\\]";
  const isWhole = line.trim().length > 2 && line.trimEnd().endsWith(closing);
  const end = isWhole ? null : (later) => later.trimEnd().endsWith(closing);
  return { kind: "formula", lines: [line], end, isWhole };
}

/** Items of one list may stand apart. */
function continues(open) {
  if (!open || !isList(open.kind)) return false;
  open.isApart = true;
  return true;
}

function joins(open, { kind, lines }) {
  if (open.kind === kind) return true;
  if (kind !== "paragraph" && !isList(kind)) return false;
  const isIndented = /^ {2,}/.test(lines[0]);
  if (isList(open.kind)) return isIndented || (kind === "paragraph" && !open.isApart);
  return open.kind === "quotation" && kind === "paragraph";
}

function isList(kind) {
  return kind === "bullets" || kind === "numbers";
}

function isHeading({ kind }) {
  return kind === "heading";
}

function written(heading) {
  return heading.trimStart().match(/^#*/)[0].length;
}

function closedUp(levels, top) {
  const uppermost = Math.min(...levels);
  let last = top - 1;
  return levels.map((level) => (last = Math.min(level - uppermost + top, last + 1, 6)));
}

const DRAW = {
  paragraph: (lines) => withText("p", lines.join("\n")),
  heading: ([line], level) => withText(`h${level}`, line.replace(/^[ #]+|[ #]+$/g, "")),
  rule: () => document.createElement("hr"),
  bullets: (lines) => list("ul", lines),
  numbers: (lines) => list("ol", lines),
  quotation: (lines) => within("blockquote", [withText("p", lines.map((line) => line.replace(/^ *> ?/, "")).join("\n"))]),
  table: (lines) => table(lines.filter((line) => !/^[|\s:-]+$/.test(line))),
  code: (lines) => within("pre", [plain("code", lines.slice(1).filter((line) => !FENCE.test(line)).join("\n"))]),
  formula: (lines) => within("div", [source(lines.join("\n"))], "math-block"),
};

function list(tag, lines) {
  const items = [];
  for (const line of lines) {
    const mark = /^ *(?:[-*+]|\d{1,9}[.)]) +/.exec(line);
    if (mark || !items.length) items.push([line.slice(mark?.[0].length ?? 0)]);
    else items.at(-1).push(line.trim());
  }
  const element = within(tag, items.map((item) => withText("li", item.join("\n"))));
  if (tag === "ol") element.start = Number.parseInt(lines[0], 10) || 1;
  return element;
}

function table(lines) {
  const rows = lines.map((line, index) => {
    const cells = line.trim().replace(/^\||\|$/g, "").split("|");
    return within("tr", cells.map((cell) => withText(index ? "td" : "th", cell.trim())));
  });
  return within("div", [within("table", rows)], "table");
}

/** An element with a text whose emphasis, code and formulas are set apart. */
function withText(tag, text) {
  const parts = text.split(INLINE).map((part, index) => (index % 2 ? inline(part) : part.replaceAll(/\*\*|`/g, "")));
  return within(tag, parts);
}

function inline(part) {
  if (part.startsWith("**")) return plain("strong", part.slice(2, -2));
  if (part.startsWith("`")) return plain("code", part.slice(1, -1));
  if (part.startsWith("*")) return plain("em", part.slice(1, -1));
  return source(part);
}

function source(formula) {
  const element = plain("code", formula.replaceAll(/^\s*(\$\$?|\\[[(])\s*|\s*(\$\$?|\\[\])])\s*$/g, ""));
  element.className = "math-source";
  return element;
}

function plain(tag, text) {
  const element = document.createElement(tag);
  element.textContent = text;
  return element;
}

function within(tag, children, className = "") {
  const element = document.createElement(tag);
  element.append(...children);
  if (className) element.className = className;
  return element;
}
