"""Keys in the order of time."""

import time
import uuid

from taskqueue.time_ordered import uuid7


def test_it_says_when_it_was_made():
    before = time.time_ns() // 1_000_000
    made = uuid7()
    after = time.time_ns() // 1_000_000

    assert (made.version, made.variant) == (7, uuid.RFC_4122)
    assert before <= made.int >> 80 <= after


def test_the_later_one_is_the_greater_and_none_comes_twice():
    first = [uuid7() for _ in range(1000)]
    time.sleep(0.002)  # the clock of these keys ticks once a millisecond
    second = [uuid7() for _ in range(1000)]

    assert max(first) < min(second)
    assert len({*first, *second}) == 2000
