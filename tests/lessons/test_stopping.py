"""What is kept of an answer that the learner stopped."""

import pytest

from core.models import ConversationHistory
from lessons.conversation import Said, say
from taskqueue import steering
from taskqueue.telling import Teller
from tests.stubs.openai_server import obj, text


@pytest.fixture
def stopped(alice, lesson):
    """Return a task of a question whose answer was stopped after a few words."""

    def stopped(*words):
        task = say(alice, lesson, Said("What is a vector?", "chat"))
        task.begin()
        teller = Teller()
        for word in words:
            teller.say((task.task_id, task.fence), word)
        teller.write()
        steering.cancel(task)
        return task

    return stopped


def replies():
    return list(
        ConversationHistory.objects.filter(role="assistant").values_list("content", flat=True)
    )


def test_what_was_said_is_kept_and_the_learner_goes_on(stopped, stub, speak):
    stopped("A vector is ", "a move")
    assert replies() == ["A vector is a move"]
    assert ConversationHistory.objects.latest("pk").metadata == {"stopped": True}

    stub.queue(obj({"intent": "chat"}), text("It has a size and a direction."))
    speak("What does it have?")

    sent = [each["content"] for each in stub.seen[-1].body["messages"]]
    assert sent[1:] == ["What is a vector?", "A vector is a move", "What does it have?"]
    assert replies()[-1] == "It has a size and a direction."


def test_nothing_said_is_nothing_kept(stopped):
    stopped()
    stopped("  \n")

    assert replies() == []


def test_a_try_after_a_stop_has_one_reply(stopped, stub, drain):
    task = stopped("A vec")
    stub.queue(obj({"intent": "chat"}), text("A vector is a movement."))

    steering.retry(task)
    drain()

    assert replies() == ["A vector is a movement."]


def test_only_the_run_that_was_stopped_is_kept(alice, lesson):
    task = say(alice, lesson, Said("What is a vector?", "chat"))
    for words in ("An earlier try", "The last try"):
        task.begin()
        teller = Teller()
        teller.say((task.task_id, task.fence), words)

    steering.cancel(task)

    assert replies() == ["The last try"]
