"""Every call on record, committed before its answer is used, so that nothing finished is ever paid again."""

import hashlib
import json
import logging
import uuid
from dataclasses import asdict, dataclass
from typing import Any

from django.db import DatabaseError, IntegrityError, InterfaceError, connection, transaction
from django.db.models import F

from core.llm.prices import cost_of
from core.models import LLMCall
from core.models.llm_call import Outcome
from core.outage import wait_out

logger = logging.getLogger(__name__)


@dataclass(frozen=True)
class Request:
    """One call that is about to be made."""

    task_id: uuid.UUID | None
    learner_id: int | None
    ordinal: int
    role: str
    provider: str
    model: str
    prompt: str
    prompt_version: str
    request_hash: str


@dataclass(frozen=True)
class Reply:
    """What came back; tokens are None where the provider does not report them."""

    text: str
    tokens_in: int | None = None
    tokens_out: int | None = None


def hash_request(*parts: Any) -> str:
    """Return the SHA-256 of everything that decides an answer, in hexadecimal."""
    return hashlib.sha256(json.dumps(parts, sort_keys=True).encode()).hexdigest()


def replay(request: Request) -> str | None:
    """Return the answer this request got in an earlier run of its task, or None.

    RuntimeError inside a transaction: a call must be on record even when the work around it is rolled back.
    """
    with transaction.atomic(durable=True):
        if request.task_id is None:
            return None
        call = LLMCall.objects.filter(
            task_id=request.task_id,
            ordinal=request.ordinal,
            request_hash=request.request_hash,
            outcome=Outcome.OK,
        ).first()
        if call is None:
            return None
        LLMCall.objects.filter(pk=call.pk).update(replays=F("replays") + 1)
        return call.response


def record(
    request: Request, reply: Reply, latency: float, outcome: str = Outcome.OK, error: str = ""
) -> None:
    """Commit one line of the ledger; `latency` is in seconds.

    Two runs of a task may both finish a call, when one was taken for dead: both were paid, one is replayed. A task's
    answer waits for a database that is away, however long that takes: without its line it would be paid again.
    """
    line = {
        **asdict(request),
        "response": reply.text,
        "tokens_in": reply.tokens_in,
        "tokens_out": reply.tokens_out,
        "cost": cost_of(request.provider, request.model, reply.tokens_in, reply.tokens_out),
        "latency_ms": round(1000 * latency),
    }
    commit = _commit_in_the_end if outcome == Outcome.OK and request.task_id else _commit
    try:
        commit(**line, outcome=outcome, error=error)
    except IntegrityError:
        commit(**line, outcome=Outcome.CANCELLED, error="Another run finished this call first.")


def _commit_in_the_end(**line: Any) -> None:
    """Commit a line, if need be when the database is back."""
    is_waiting = False
    while True:
        try:
            _commit(**line)
            return
        except IntegrityError:
            if is_waiting and LLMCall.objects.filter(**line).exists():
                return  # it was committed, though that was not heard of
            raise
        except (DatabaseError, InterfaceError) as error:
            message = "A paid answer waits for the database: %s"
            wait_out(error, logger, message, is_known=is_waiting)
            is_waiting = True


def _commit(**line: Any) -> None:
    with transaction.atomic(durable=True):
        LLMCall.objects.create(**line)


def release_connection() -> None:
    """Give the database connection back for as long as a model thinks, unless a test's transaction needs it."""
    if not connection.in_atomic_block:
        connection.close()
