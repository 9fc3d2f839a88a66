"""The courses the demo model knows. They are data files beside this module, with `{topic}` where the topic goes."""

import tomllib
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any
from zlib import crc32

from core.constants import DIFFICULTY_VALUES

HERE = Path(__file__).parent
ANY_TOPIC = "any_topic"
OWN_COURSES = {"linear algebra": "linear_algebra"}


@dataclass(frozen=True)
class SampleLesson:
    """What a lesson's text is put together from; `text` names a file that has all of it, written by hand."""

    title: str
    summary: str
    minutes: int
    objectives: list[str]
    hook: str
    terms: list[list[str]]
    example: str
    mistake: str
    questions: list[str]
    aside: str = ""
    text: str = ""


@dataclass(frozen=True)
class SampleModule:
    title: str
    summary: str
    levels: list[int]
    lessons: list[SampleLesson]


@dataclass(frozen=True)
class SampleCourse:
    """`own` courses are about their topic; the other one is about learning any topic."""

    own: bool
    objectives: list[str]
    modules: list[SampleModule]

    def at(self, level: str) -> list[SampleModule]:
        """Return the modules of this course for a level."""
        return [module for module in self.modules if DIFFICULTY_VALUES[level] in module.levels]

    def lesson(self, title: str) -> SampleLesson:
        """Return the lesson of this title; for a title of somebody else's, always the same one."""
        lessons = [lesson for module in self.modules for lesson in module.lessons]
        named = [lesson for lesson in lessons if lesson.title == title]
        return named[0] if named else lessons[crc32(title.encode()) % len(lessons)]


def course_on(topic: str) -> SampleCourse:
    """Return the course on a topic, however it is typed."""
    name = OWN_COURSES.get(" ".join(topic.casefold().split()), ANY_TOPIC)
    data = _put_in(topic, _load(name))
    modules = [_module(module) for module in data["modules"]]
    return SampleCourse(name != ANY_TOPIC, data["objectives"], modules)


@cache
def _load(name: str) -> dict[str, Any]:
    return tomllib.loads((HERE / f"{name}.toml").read_text("utf-8"))


def _put_in(topic: str, value: Any) -> Any:
    if isinstance(value, str):
        return value.replace("{topic}", topic)
    if isinstance(value, list):
        return [_put_in(topic, item) for item in value]
    if isinstance(value, dict):
        return {key: _put_in(topic, item) for key, item in value.items()}
    return value


def _module(data: dict[str, Any]) -> SampleModule:
    aside = data.get("aside", "")
    lessons = [SampleLesson(**{"aside": aside, **lesson}) for lesson in data["lessons"]]
    return SampleModule(data["title"], data["summary"], data["levels"], lessons)
