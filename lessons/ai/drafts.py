"""The forms in which a model hands over exercises, intents and marks."""

from typing import Annotated, Literal, Self

from pydantic import BaseModel, Field, StringConstraints, model_validator

GAP = "____"

Text = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=2_000)]
Hints = Annotated[list[Text], Field(min_length=2, max_length=2)]


def _differ(texts: list[str]) -> None:
    if len({" ".join(text.casefold().split()) for text in texts}) < len(texts):
        raise ValueError("the choices have to differ from each other")


class MultipleChoiceDraft(BaseModel):
    """One right choice among wrong ones; their order on the page is decided elsewhere."""

    kind: Literal["multiple_choice"]
    question: Text
    right: Text
    wrong: Annotated[list[Text], Field(min_length=2, max_length=5)]
    hints: Hints
    solution: Text

    @model_validator(mode="after")
    def choices_differ(self) -> Self:
        _differ([self.right, *self.wrong])
        return self


class OrderingDraft(BaseModel):
    """Items given in the right order."""

    kind: Literal["ordering"]
    question: Text
    items_in_order: Annotated[list[Text], Field(min_length=3, max_length=7)]
    hints: Hints
    solution: Text

    @model_validator(mode="after")
    def items_differ(self) -> Self:
        _differ(self.items_in_order)
        return self


class FillInDraft(BaseModel):
    """A sentence with one gap, and every spelling that fills it rightly."""

    kind: Literal["fill_in"]
    question: Text
    accepted: Annotated[list[Text], Field(min_length=1, max_length=8)]
    hints: Hints
    solution: Text

    @model_validator(mode="after")
    def has_one_gap(self) -> Self:
        if self.question.count(GAP) != 1:
            raise ValueError(f"the question has to contain the gap {GAP} exactly once")
        return self


class ShortAnswerDraft(BaseModel):
    """A question answered in a sentence or two, marked by what the rubric names."""

    kind: Literal["short_answer"]
    question: Text
    rubric: Annotated[list[Text], Field(min_length=1, max_length=5)]
    hints: Hints
    solution: Text


AnyDraft = MultipleChoiceDraft | OrderingDraft | FillInDraft | ShortAnswerDraft
Draft = Annotated[AnyDraft, Field(discriminator="kind")]


class ExerciseDraft(BaseModel):
    exercise: Draft


class AssessmentDraft(BaseModel):
    """Three to five questions."""

    questions: Annotated[list[Draft], Field(min_length=3, max_length=5)]

    @model_validator(mode="after")
    def questions_differ(self) -> Self:
        _differ([question.question for question in self.questions])
        return self


class IntentDraft(BaseModel):
    intent: Literal["chat", "exercise", "assessment", "answer"]


class MarkDraft(BaseModel):
    """A mark from 0 to 1, what was right, and what would help without giving the answer away."""

    score: Annotated[float, Field(ge=0, le=1)]
    right: Annotated[str, StringConstraints(max_length=1_000)]
    help: Annotated[str, StringConstraints(max_length=1_000)]
