"""A few streamed turns under fire, through the command, on the database under test."""

import re

from chaos.streams.plan import plan
from chaos.streams.readers import Turn
from chaos.streams.verdict import differs, is_out_of_order
from tests.chaos.test_queue_chaos import database, perform  # noqa: F401
from tests.taskqueue.engine.web import Event


def test_what_was_read_is_what_was_stored(database):  # noqa: F811
    # By the plan of this seed each of them is struck in the first half, so that four turns are enough.
    done = perform("--seed=5", "--turns=4", *database, name="stream_chaos")

    assert done.returncode == 0, done.stdout + done.stderr
    counts = dict(re.findall(r"^(\D+?) +(\d+)$", done.stdout, re.MULTILINE))
    assert counts.pop("turns") == "4"
    assert {"incomplete", "stored twice", "readers left hanging", "calls paid twice"} <= set(counts)
    assert set(counts.values()) == {"0"}
    web, workers, cut = map(
        int, re.search(r"(\d+) web .* (\d+) workers .* (\d+) conn", done.stdout).groups()
    )
    assert web >= 1 and workers >= 1 and cut >= 1


def test_a_plan_strikes_everything_and_is_the_same_for_the_same_seed():
    assert plan(1, 4, 100) == plan(1, 4, 100) != plan(2, 4, 100)
    assert {strike.target for strike in plan(1, 1, 100)} == {"web", "worker", "reader"}


def told(*events):
    return Turn(
        "a question", "a task", [Event(number, name, data) for number, name, data in events]
    )


START, PIECE, END = (1, "started", {}), (2, "token", {"text": "A vector"}), (3, "completed", {})


def test_a_reader_who_missed_a_piece_holds_another_text():
    assert not differs(told(START, PIECE, END), "A vector")
    assert differs(told(START, END), "A vector")
    assert differs(told(START, PIECE, PIECE, END), "A vector")
    assert not differs(told(END), "A vector"), "it came when there was nothing to read any more"


def test_numbers_that_are_missing_or_come_twice_are_seen():
    again = (7, "started", {})
    assert not is_out_of_order(told(START, PIECE, END))
    assert not is_out_of_order(told(START, PIECE, again)), "a newer run tells its text anew"
    assert is_out_of_order(told(START, END))
    assert is_out_of_order(told(START, PIECE, PIECE, END))
