"""The demo model's lessons: written by hand where there is a text, else put together from a sample's parts."""

from typing import Any

from core.constants import DIFFICULTY_VALUES
from core.llm.demo.samples import HERE, SampleLesson, course_on

ABOUT_LEARNING = (
    "> **A sample lesson.** The built-in demo model put this text together without a language model. It teaches ways "
    "of learning that fit any topic. With a real model connected, this page is a lesson on the topic itself."
)
ABOUT_TOPIC = (
    "> **A sample lesson.** This text was written for the built-in demo, without a language model. With a real "
    "model connected, lessons are written for you, on any topic."
)
GO_FURTHER = 2


def write_exposition(inputs: dict[str, Any]) -> str:
    """Answer `lesson.exposition`, from `topic`, `level`, `lesson` and `outline`, in Markdown.

    Every text has a list "Key terms" with one `- **term**: definition` a line; exercises are made from it.
    """
    course = course_on(inputs["topic"])
    lesson = course.lesson(inputs["lesson"]["title"])
    notice = ABOUT_TOPIC if course.own else ABOUT_LEARNING
    if lesson.text:
        return f"{notice}\n\n{(HERE / lesson.text).read_text('utf-8').strip()}"
    sections = [notice, _start(lesson), _terms(lesson), _example(lesson), _symbols(lesson)]
    sections += [_place(inputs), _plan(inputs["lesson"]["minutes"])]
    if DIFFICULTY_VALUES[inputs["level"]] >= GO_FURTHER:
        sections.append(_further(lesson))
    return "\n\n".join([*sections, _mistake(lesson), _questions(lesson), _summary(lesson)])


def _start(lesson: SampleLesson) -> str:
    return f"## A way in\n\n{lesson.hook}"


def _terms(lesson: SampleLesson) -> str:
    lines = [f"- **{term}**: {definition}" for term, definition in lesson.terms]
    return "\n".join(["## Key terms", "", *lines])


def _example(lesson: SampleLesson) -> str:
    steps = lesson.example.replace(" **Step", "\n\n**Step").replace(" **Check", "\n\n**Check")
    return f"## A worked example\n\n{steps}"


def _symbols(lesson: SampleLesson) -> str:
    return f"## In symbols and in code\n\n{lesson.aside.strip()}"


def _place(inputs: dict[str, Any]) -> str:
    """Draw the lessons around this one."""
    here = inputs["lesson"]["title"]
    module = next(part for part in inputs["outline"] if here in part["lessons"])
    rows = [f"[ {title} ]{'  <- you are here' * (title == here)}" for title in module["lessons"]]
    drawing = "\n      |\n      v\n".join(rows).replace("`", "'")
    return f"## Where this lesson stands\n\n```diagram\n{drawing}\n```"


def _plan(minutes: int) -> str:
    example, check = minutes * 4 // 10, minutes * 3 // 10
    return (
        "## How to spend the time\n\n"
        "| What you do | Minutes |\n|---|--:|\n"
        f"| Read, and say each key term in your own words | {minutes - example - check} |\n"
        f"| Do the worked example again on a case of your own | {example} |\n"
        f"| Answer the questions below with the text covered | {check} |"
    )


def _further(lesson: SampleLesson) -> str:
    (one, _), (other, _), *_ = lesson.terms
    return (
        "## Further in\n\n"
        f"Write down a case in which the **{one}** and the **{other}** point in different directions, and one in "
        "which they agree. If you find no such case, write down what would have to be true for one to exist. "
        "Compare your two cases with somebody who chose different ones: what you cannot reconcile is a good "
        "question for the tutor."
    )


def _mistake(lesson: SampleLesson) -> str:
    return f"## Easy to get wrong\n\n{lesson.mistake}"


def _questions(lesson: SampleLesson) -> str:
    lines = [f"{number}. {question}" for number, question in enumerate(lesson.questions, start=1)]
    return "\n".join(["## Check yourself", "", *lines])


def _summary(lesson: SampleLesson) -> str:
    lines = [f"- {objective}" for objective in lesson.objectives]
    return "\n".join(["## What you take with you", "", "After this lesson you can:", "", *lines])
