"""What a lesson's text is written from, and what counts as one."""

import re
from dataclasses import asdict, dataclass
from typing import Any, TypedDict

FEWEST_WORDS = 80
WORDS_PER_LEVEL = 200
REMINDER_LENGTH = 1_500

WRAPPED = re.compile(r"\A\s*(`{3,}|~{3,})(?:markdown|md)\s*\n(.*)\n\1\s*\Z", re.DOTALL)
FENCE = re.compile(r"^ {0,3}(`{3,}|~{3,})(.*)$")
HEADING = re.compile(r"^#{1,4} +\S", re.MULTILINE)
UNSPACED = re.compile(r"[\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u3040-\u30ff\u3400-\u9fff]")
APOLOGY = re.compile(
    r"\W*(?:(?:I['’]?m|I am) (?:very )?sorry\b|sorry, |I apologi[sz]e|my apologies|as an? AI\b"
    r"|I (?:can ?not|can['’]t|am unable to|['’]?m unable to)\b)",
    re.IGNORECASE,
)
OPEN = "\x00"
TELLING_LINE = re.compile(r"^(?:#{1,6} |[-*] +\*\*|> )")


@dataclass(frozen=True)
class LessonBrief:
    """Everything about a lesson and its place in the course that its text should fit.

    `outline` holds every module with its lessons' titles, `before` the earlier lessons with their summaries,
    `previous` the text of the lesson just before, `words` the length to aim at.
    """

    topic: str
    level: str
    background: str
    course: str
    objectives: list[str]
    outline: list[dict[str, Any]]
    module: dict[str, Any]
    lesson: dict[str, Any]
    before: list[dict[str, str]]
    previous: str
    words: int

    def facts(self) -> dict[str, Any]:
        """Return the brief as JSON-able data."""
        return asdict(self)


@dataclass(frozen=True)
class LessonText:
    """A lesson's text in Markdown, fit to be saved, and what made it."""

    exposition: str
    model: str
    prompt_version: str


class ContentState(TypedDict, total=False):
    brief: LessonBrief
    reminder: str
    text: LessonText


def as_exposition(answer: str) -> str:
    """Return the lesson in a model's answer; ValueError says why it holds none."""
    wrapped = WRAPPED.match(answer)
    text = (wrapped.group(2) if wrapped else answer).replace("\x00", "").strip()
    if APOLOGY.match(text):
        raise ValueError("an apology instead of a lesson")
    if length_in_words(text) < FEWEST_WORDS:
        raise ValueError(f"fewer than {FEWEST_WORDS} words")
    if not HEADING.search(text):
        raise ValueError("no heading")
    if _ends_open(text):
        raise ValueError("it breaks off inside a code block or a formula")
    return text


def length_in_words(text: str) -> int:
    """Return the number of words; in scripts written without spaces two characters count as one."""
    unspaced = len(UNSPACED.findall(text))
    return unspaced // 2 + len(re.findall(r"\w+", UNSPACED.sub(" ", text)))


def remind(text: str) -> str:
    """Return the lines of a lesson that tell most about it: headings, definitions, remarks."""
    lines = [line for line in _outside_fences(text) if TELLING_LINE.match(line)]
    kept = "\n".join(lines)
    return kept if len(kept) <= REMINDER_LENGTH else kept[:REMINDER_LENGTH].rsplit("\n", 1)[0]


def _ends_open(text: str) -> bool:
    outside = _outside_fences(text)
    return outside[-1:] == [OPEN] or "\n".join(outside).count("$$") % 2 == 1


def _outside_fences(text: str) -> list[str]:
    """Return the lines outside of code blocks, and `OPEN` as the last when a block is never closed."""
    lines, fence = [], ""
    for line in text.splitlines():
        mark = FENCE.match(line)
        if fence:
            if mark and mark[1].startswith(fence) and not mark[2].strip():
                fence = ""
        elif mark:
            fence = mark[1]
        else:
            lines.append(line)
    return [*lines, OPEN] if fence else lines
