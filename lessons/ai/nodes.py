"""The steps of a turn: state in, partial state out."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Literal, cast

from langgraph.runtime import Runtime

from core.llm.door import Door
from core.llm.offer import Role
from core.models.exercise import ExerciseKind
from lessons.ai import prompts
from lessons.ai.drafts import AssessmentDraft, ExerciseDraft, IntentDraft, MarkDraft
from lessons.ai.state import Intent, Question, Turn, TurnBrief, TurnState
from lessons.marking import is_question, mark

WISHES: dict[str, Intent] = {
    "give me an exercise": "exercise",
    "start the assessment": "assessment",
    "assess me again": "assessment",
}


@dataclass(frozen=True)
class Surroundings:
    """What the nodes may use besides their state; `on_step(step, done, total)` hears what is being done."""

    open_door: Callable[[Role], Door]
    on_step: Callable[[str, int, int], Any]


def understand(state: TurnState, runtime: Runtime[Surroundings]) -> TurnState:
    """Find out what the learner wants: by rules where they are certain, else by a model."""
    brief = state["brief"]
    intent = certain_intent(brief)
    if intent is None:
        prompt = prompts.intent_prompt(brief)
        intent = runtime.context.open_door("fast").fill(prompt, IntentDraft).intent
    if intent == "answer" and (brief.question is None or not is_markable(brief)):
        intent = "chat"
    return {"intent": intent}


def certain_intent(brief: TurnBrief) -> Intent | None:
    """Return what a message wants where that needs no model; a question is never taken for an answer."""
    if wish := WISHES.get(brief.message.strip().casefold()):
        return wish
    question = brief.question
    if question is None:
        return "assessment" if brief.submission_type == "assessment" else None
    if _score_by_key(question, brief.message) is not None:
        is_typed = question.kind == ExerciseKind.FILL_IN
        return "answer" if brief.submission_type != "chat" or not is_typed else None
    if brief.submission_type == "chat" or is_question(brief.message):
        return None
    return "answer" if question.kind == ExerciseKind.SHORT_ANSWER else None


def is_markable(brief: TurnBrief) -> bool:
    """Whether the message can be marked as an answer to the open exercise."""
    question = brief.question
    if question is None:
        return False
    by_key = _score_by_key(question, brief.message) is not None
    return by_key or question.kind == ExerciseKind.SHORT_ANSWER


def next_step(state: TurnState) -> Literal["chat", "exercise", "assessment", "answer"]:
    return state["intent"]


def chat(state: TurnState, runtime: Runtime[Surroundings]) -> TurnState:
    """Answer a question or a remark."""
    runtime.context.on_step("Writing the answer", 0, 0)
    answer = runtime.context.open_door("large").write(prompts.chat_prompt(state["brief"]))
    return {"turn": Turn("chat", text=answer.text.strip())}


def exercise(state: TurnState, runtime: Runtime[Surroundings]) -> TurnState:
    """Set an exercise."""
    runtime.context.on_step("Writing an exercise", 0, 0)
    prompt = prompts.exercise_prompt(state["brief"])
    draft = runtime.context.open_door("large").fill(prompt, ExerciseDraft)
    return {"turn": Turn("exercise", exercises=[draft.exercise])}


def assessment(state: TurnState, runtime: Runtime[Surroundings]) -> TurnState:
    """Set the questions of an assessment."""
    runtime.context.on_step("Writing the assessment", 0, 0)
    prompt = prompts.assessment_prompt(state["brief"])
    draft = runtime.context.open_door("large").fill(prompt, AssessmentDraft)
    return {"turn": Turn("assessment", exercises=list(draft.questions))}


def answer(state: TurnState, runtime: Runtime[Surroundings]) -> TurnState:
    """Mark an answer: by the key where there is one, else by the rubric and a model."""
    brief = state["brief"]
    question = cast(Question, brief.question)  # `understand` lets no answer through without one
    score = _score_by_key(question, brief.message)
    if score is not None:
        return {"turn": Turn("answer", score=score)}
    runtime.context.on_step("Marking your answer", 0, 0)
    prompt = prompts.mark_prompt(brief, question)
    marked = runtime.context.open_door("fast").fill(prompt, MarkDraft)
    said = " ".join(part.strip() for part in (marked.right, marked.help) if part.strip())
    return {"turn": Turn("answer", text=said, score=marked.score)}


def _score_by_key(question: Question, message: str) -> float | None:
    return mark(question.kind, question.choices, question.key, message)
