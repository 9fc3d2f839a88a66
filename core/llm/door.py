"""The one door to a model: bounded, on record, and never paid twice for the same step of a task."""

import time
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, Any, TypeVar

from django.conf import settings
from django.db import DatabaseError, InterfaceError
from pydantic import BaseModel

from core.errors import TaskError
from core.llm import errors, ledger, structured
from core.llm.bound import CallBound, bounded
from core.llm.classify import classify
from core.llm.offer import Role, connection_of
from core.llm.prompt import Prompt
from core.llm.providers import chat_model, chosen_model
from core.llm.reply import as_reply, refuse_what_is_no_answer, refuse_what_no_database_keeps
from core.llm.scope import CallScope, current_scope
from core.models.llm_call import Outcome
from core.outage import is_outage

if TYPE_CHECKING:
    from langchain_core.messages import AIMessageChunk

M = TypeVar("M", bound=BaseModel)
Messages = list[tuple[str, str]]
Accept = Callable[[str], object]
Part = dict[str, Any]

OUTCOMES: dict[str, Outcome] = {
    "rate_limited": Outcome.RATE_LIMITED,
    "timeout": Outcome.TIMEOUT,
    "unavailable": Outcome.UNAVAILABLE,
    "cut_stream": Outcome.UNAVAILABLE,
    "invalid_output": Outcome.INVALID,
    "empty_answer": Outcome.INVALID,
    "truncated_output": Outcome.INVALID,
    "refused": Outcome.REFUSED,
}
# How servers name what they reject: there is no code for it that they share.
SCHEMA_WORDS = ("response_format", "response format", "json_schema", "json schema", "grammar")
# Servers that answered 400 to a JSON schema: from then on the prompt alone asks for the shape.
_without_schema: set[str] = set()


@dataclass(frozen=True)
class Answer:
    """A text and the model that wrote it."""

    text: str
    model: str


def open_door(role: Role) -> "Door":
    """Return the door to the model that does the work at hand in a role."""
    return Door(role)


class Door:
    """Asks one model. Every failure is a TaskError; call it outside of transactions only."""

    def __init__(self, role: Role) -> None:
        self.role = role
        self._chosen = chosen_model()
        self.model = self._chosen.of(role)

    def write(self, prompt: Prompt, accept: Accept = str) -> Answer:
        """Return the model's text; the call's scope sees it as it grows.

        Raises EmptyAnswer, TruncatedOutput or Refused rather than return what is not an answer, and InvalidOutput
        when `accept` raises ValueError; the task's next run then asks again.
        """
        scope = current_scope.get() or CallScope()
        try:
            text = self._ask(prompt, prompt.messages(), heard=scope.on_token, accept=accept)
        finally:
            scope.on_text_end()
        return Answer(text, self.model)

    def fill(
        self, prompt: Prompt, schema: type[M], on_part: Callable[[Part], bool] | None = None
    ) -> M:
        """Return an object of `schema`. An answer that does not fit is sent back once, then it is InvalidOutput.

        `on_part` sees the first answer grow: what is there of its JSON, unchecked. What it finds worth telling (it
        returns True) it gets at most four times a second.
        """
        messages = prompt.messages()
        messages[-1] = ("user", f"{prompt.user}\n\n{structured.instructions(schema)}")
        heard = structured.Growing(_in_between(on_part)).hear if on_part else None
        text = self._ask(prompt, messages, schema=schema, heard=heard)
        try:
            return structured.parse(text, schema)
        except ValueError as problem:
            messages += [("assistant", text), ("user", structured.repair_request(str(problem)))]
        fits = partial(structured.parse, schema=schema)
        return fits(self._ask(prompt, messages, schema=schema, accept=fits))

    def _ask(
        self,
        prompt: Prompt,
        messages: Messages,
        *,
        schema: type[BaseModel] | None = None,
        heard: Callable[[str], None] | None = None,
        accept: Accept = str,
    ) -> str:
        """Return the answer to one request, from the ledger if it was paid already."""
        scope = current_scope.get() or CallScope()
        request = self._request(prompt, messages, schema, scope)
        text = ledger.replay(request)
        if text is not None:
            if heard is not None:
                heard(text)
            return text
        return self._pay(request, prompt, messages, schema, scope.check, heard, accept)

    def _request(
        self,
        prompt: Prompt,
        messages: Messages,
        schema: type[BaseModel] | None,
        scope: CallScope,
    ) -> ledger.Request:
        shape = schema.model_json_schema() if schema else None
        provider = self._chosen.provider
        return ledger.Request(
            task_id=scope.task_id,
            learner_id=scope.learner_id,
            ordinal=next(scope.ordinals),
            role=self.role,
            provider=provider,
            model=self.model,
            prompt=prompt.name,
            prompt_version=prompt.version,
            request_hash=ledger.hash_request(provider, self.model, self.role, messages, shape),
        )

    def _pay(
        self,
        request: ledger.Request,
        prompt: Prompt,
        messages: Messages,
        schema: type[BaseModel] | None,
        check: Callable[[], None] | None,
        heard: Callable[[str], None] | None,
        accept: Accept,
    ) -> str:
        """Make the call and put its end on record, whatever it is; what is not accepted is never replayed."""
        ledger.release_connection()
        started = time.monotonic()
        reply = ledger.Reply("")
        try:
            with bounded(CallBound(settings.LLM_TIMEOUT, check)) as bound:
                message = self._stream(prompt, messages, schema, bound, heard)
            reply = as_reply(message)
            refuse_what_is_no_answer(message)
        except BaseException as raised:
            error = classify(raised)
            took = time.monotonic() - started
            ledger.record(request, reply, took, outcome_of(error), error=repr(raised)[:2000])
            if error is raised:
                raise
            raise error from raised
        took = time.monotonic() - started
        try:
            accept(reply.text)
        except ValueError as problem:
            ledger.record(request, reply, took, Outcome.INVALID, error=str(problem)[:2000])
            raise errors.InvalidOutput from problem
        ledger.record(request, reply, took)
        return reply.text

    def _stream(
        self,
        prompt: Prompt,
        messages: Messages,
        schema: type[BaseModel] | None,
        bound: CallBound,
        heard: Callable[[str], None] | None,
    ) -> "AIMessageChunk":
        """Return the whole message, having read it piece by piece."""
        try:
            return self._read(prompt, messages, self._options(schema), bound, heard)
        except Exception as error:
            if schema is None or self._key() in _without_schema or not rejects_schema(error):
                raise
            _without_schema.add(self._key())
            return self._read(prompt, messages, {}, bound, heard)

    def _read(
        self,
        prompt: Prompt,
        messages: Messages,
        options: dict[str, Any],
        bound: CallBound,
        heard: Callable[[str], None] | None,
    ) -> "AIMessageChunk":
        metadata = {"prompt": prompt.name, "inputs": prompt.inputs}
        whole: AIMessageChunk | None = None
        for chunk in chat_model(self.role, self._chosen).stream(
            messages, config={"metadata": metadata}, **options
        ):
            bound.remaining()
            refuse_what_no_database_keeps(chunk.text)
            whole = chunk if whole is None else whole + chunk
            if heard is not None and chunk.text:
                heard(chunk.text)
        if whole is None:
            raise errors.EmptyAnswer
        return whole

    def _options(self, schema: type[BaseModel] | None) -> dict[str, Any]:
        speaks_it = self._chosen.provider in {"openai", "ollama"}
        if schema is None or not speaks_it or self._key() in _without_schema:
            return {}
        return {"response_format": structured.response_format(schema)}

    def _key(self) -> str:
        _, address = connection_of(self._chosen.provider)
        return f"{address} {self.model}"


def _in_between(on_part: Callable[[Part], bool]) -> Callable[[Part], bool]:
    """Let a listener use the database while a model writes, without keeping its connection until more comes.

    Once the database is away it is told no more: what is shown meanwhile is not worth the answer, which is being paid.
    """
    is_away = False

    def tell(part: Part) -> bool:
        nonlocal is_away
        try:
            told = is_away or on_part(part)
        except (DatabaseError, InterfaceError) as error:
            if not is_outage(error):
                raise
            is_away = told = True
        if told:
            ledger.release_connection()
        return told

    return tell


def rejects_schema(error: Exception) -> bool:
    """Whether a server answered that it does not know JSON schemas, or not one like ours."""
    text = str(error).lower()
    rejected = getattr(error, "status_code", None) in (400, 422)
    return rejected and any(words in text for words in SCHEMA_WORDS)


def outcome_of(error: BaseException) -> Outcome:
    """Return how the ledger calls a failed call; what is no TaskError interrupted it from our side."""
    if not isinstance(error, TaskError):
        return Outcome.CANCELLED
    return OUTCOMES.get(error.code, Outcome.REJECTED)
