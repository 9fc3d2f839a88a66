"""Finding things in a lesson's own text: the passage that fits a question, and the terms it defines."""

import math
import re
from collections import Counter
from dataclasses import dataclass

TERM = re.compile(r"^[-*] \*\*(.+?)\*\*\s*[:：]\s*(.+)$", re.MULTILINE)
WORD = re.compile(r"\w+")
FENCED = re.compile(r"^(```|~~~).*?^\1\s*$", re.MULTILINE | re.DOTALL)
COMMON = frozenset(
    WORD.findall("""
    a an the is are was were be of to in on at for and or not no it its this that these those what which who how why
    when where do does did can could i you me my we they he she with as by from about into if so then than there tell
    explain mean means please give show
    """)
)
SHORTEST_WORD = 2


@dataclass(frozen=True)
class Passage:
    """A paragraph and the heading it stands under."""

    heading: str
    text: str


def passages(markdown: str) -> list[Passage]:
    """Return the paragraphs of a text, without code and diagrams."""
    found, heading = [], ""
    for block in re.split(r"\n\s*\n", FENCED.sub("", markdown)):
        text = block.strip()
        if text.startswith("#"):
            first, _, text = text.partition("\n")
            heading = first.strip("# ").strip()
            text = text.strip()
        if text and not text.startswith(("|", "$$", ">")):
            found.append(Passage(heading, text))
    return found


def best_passage(markdown: str, question: str) -> Passage | None:
    """Return the passage that shares the rarest words with a question; None when no word of weight is shared."""
    candidates = passages(markdown)
    bags = [Counter(words(f"{each.heading} {each.text}")) for each in candidates]
    asked = set(words(question))
    scores = [sum(_weight(word, bags) for word in asked & set(bag)) for bag in bags]
    best = max(range(len(scores)), key=scores.__getitem__, default=None)
    return candidates[best] if best is not None and scores[best] > 0 else None


def key_terms(markdown: str) -> list[tuple[str, str]]:
    """Return the (term, definition) pairs of the lists that define terms, each term once."""
    found: dict[str, str] = {}
    for term, definition in TERM.findall(markdown):
        found.setdefault(term.strip(), definition.strip())
    return list(found.items())


def words(text: str) -> list[str]:
    """Return the words that carry meaning, in a form in which singular and plural agree."""
    return [
        stem(word)
        for word in WORD.findall(text.casefold())
        if word not in COMMON and len(word) >= SHORTEST_WORD
    ]


def stem(word: str) -> str:
    """Return a word without a plural ending."""
    return word[:-1] if word.endswith("s") and len(word) > 3 and not word.endswith("ss") else word


def _weight(word: str, bags: list[Counter[str]]) -> float:
    """Return the inverse document frequency of a word (Sparck Jones, 1972)."""
    return math.log(1 + len(bags) / sum(word in bag for bag in bags))
