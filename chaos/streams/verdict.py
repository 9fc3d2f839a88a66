"""What must be true of streamed turns after any performance, counted."""

from collections.abc import Iterable, Sequence
from itertools import pairwise

from chaos.book import Entry
from chaos.provider import Asked
from chaos.streams.readers import Turn
from chaos.streams.tutor import text_for
from chaos.verdict import events_amiss, messages_doubled, paid_again, tasks_lost
from core.models import ConversationHistory
from core.models.conversation import Role


def violations(
    turns: Sequence[Turn], book: Sequence[Entry], asked: Iterable[Asked]
) -> dict[str, int]:
    """Return how often each invariant was broken."""
    stored = stored_texts()
    return {
        "incomplete": sum(stored.get(turn.question) != text_for(turn.question) for turn in turns),
        "stored twice": messages_doubled(),
        "differing from what the reader assembled": sum(
            differs(turn, stored.get(turn.question)) for turn in turns
        ),
        "calls paid twice": paid_again(book, asked),
        "readers left hanging": sum(not turn.is_over for turn in turns),
        "turns that did not complete": tasks_lost(),
        "events missing or told twice": len(events_amiss()),
        "events that a reader missed or saw twice": sum(is_out_of_order(turn) for turn in turns),
    }


def stored_texts() -> dict[str, str]:
    """Return the tutor's reply to each question."""
    replies = ConversationHistory.objects.filter(role=Role.TUTOR).select_related("reply_to")
    return {
        reply.reply_to.content.removeprefix("What about ").rstrip("?"): reply.content
        for reply in replies
        if reply.reply_to
    }


def differs(turn: Turn, stored: str | None) -> bool:
    """Whether a reader who was there while the text was written holds another one in the end."""
    return not turn.joined_late and turn.text.strip() != stored


def is_out_of_order(turn: Turn) -> bool:
    """Whether a number does not follow the one before, unless a newer run began, which tells its text anew."""
    return any(
        later.number <= earlier.number
        or (later.number > earlier.number + 1 and later.name != "started")
        for earlier, later in pairwise(turn.events)
    )
