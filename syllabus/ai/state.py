"""What a course is while it is being planned, and which plans are fit to be saved."""

import operator
import unicodedata
from typing import Annotated, ClassVar, Self, TypedDict

from pydantic import AfterValidator, BaseModel, Field, StringConstraints, model_validator


def same(title: str) -> str:
    """Return the form in which two spellings of one title are equal."""
    return " ".join(unicodedata.normalize("NFKC", title).casefold().split())


def _without_control_characters(text: str) -> str:
    if any(unicodedata.category(character) in ("Cc", "Cs") for character in text):
        raise ValueError("contains a line break or another control character")
    return text


Text = Annotated[
    str,
    StringConstraints(strip_whitespace=True, min_length=1, max_length=1000),
    AfterValidator(_without_control_characters),
]
Title = Annotated[Text, StringConstraints(max_length=300)]


class ModuleSketch(BaseModel):
    title: Title
    summary: Text = Field(description="What the module adds, in one or two sentences.")


class Outline(BaseModel):
    title: Title
    objectives: list[Text] = Field(min_length=3, max_length=6)
    modules: list[ModuleSketch] = Field(min_length=1, max_length=12)

    @model_validator(mode="after")
    def titles_differ(self) -> Self:
        refuse_repetition("module", [module.title for module in self.modules])
        return self


class LessonPlan(BaseModel):
    title: Title
    summary: Text = Field(description="What the learner meets in it, in one or two sentences.")
    objectives: list[Text] = Field(min_length=1, max_length=6)
    minutes: int = Field(ge=5, le=90, description="Time to read, practise and be assessed.")


class ModulePlan(BaseModel):
    """The lessons of one module. `taken` are the titles that other modules have, in the form of `same`."""

    taken: ClassVar[frozenset[str]] = frozenset()

    lessons: list[LessonPlan] = Field(min_length=1, max_length=12)

    @model_validator(mode="after")
    def titles_differ(self) -> Self:
        refuse_repetition("lesson", [lesson.title for lesson in self.lessons], self.taken)
        return self


def plan_beside(planned: list[ModulePlan]) -> type[ModulePlan]:
    """Return the shape of one more module, whose lessons may not repeat those of the modules `planned`."""
    titles = {same(lesson.title) for plan in planned for lesson in plan.lessons}
    beside = type("ModulePlan", (ModulePlan,), {"taken": frozenset(titles)})
    return beside


def refuse_repetition(what: str, titles: list[str], taken: frozenset[str] = frozenset()) -> None:
    """Raise ValueError naming every title that stands twice, or in `taken`, whatever its case and spacing."""
    seen, repeated = set(taken), []
    for title in titles:
        if same(title) in seen:
            repeated.append(title)
        seen.add(same(title))
    if repeated:
        raise ValueError(f"every {what} in the course needs a title of its own: {repeated}")


class ModuleDraft(ModuleSketch):
    lessons: list[LessonPlan]


class SyllabusDraft(BaseModel):
    """A whole course, fit to be saved, and what made it."""

    title: str
    objectives: list[str]
    modules: list[ModuleDraft]
    model: str
    prompt_version: str


class SyllabusState(TypedDict, total=False):
    topic: str
    level: str
    background: str
    existing: str | None
    outline: Outline
    plans: Annotated[list[ModulePlan], operator.add]
