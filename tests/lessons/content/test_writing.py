"""A lesson's text, from the request through the queue to the page's data."""

import pytest
from django.db import connection

from core.models import Lesson, LessonContent, LLMCall
from lessons.content import current_content, request_content
from taskqueue.models import AITask
from tests.stubs.openai_server import Reply, failure, text

pytestmark = pytest.mark.django_db(transaction=True)

LESSON = "## Why dough rests\n\n" + "Dough rests so that the flour takes up the water. " * 12


@pytest.fixture
def write(drain, alice):
    """Ask for a lesson's text and let the queue run."""

    def write(lesson, **options):
        task = request_content(alice, lesson, **options)
        drain()
        task.refresh_from_db()
        return task

    return write


def test_the_text_of_a_lesson_is_written_and_saved(write, lessons):
    task = write(lessons[0])

    assert task.status == "completed", task.error_detail
    content = LessonContent.objects.get()
    assert task.result == {
        "lesson_id": str(lessons[0].pk),
        "content_id": str(content.pk),
        "reused": False,
    }
    assert (content.lesson, content.is_current, content.task_id) == (lessons[0], True, task.pk)
    assert (content.model, content.prompt_version) == ("demo", "exposition-1")


def test_a_lesson_that_has_a_text_is_not_written_again(write, lessons):
    first = write(lessons[0])
    second = write(lessons[0])

    assert second.result == {**first.result, "reused": True}
    assert LLMCall.objects.count() == 1


def test_a_fresh_text_takes_the_place_of_the_old_one_which_is_kept(write, lessons):
    write(lessons[0])
    old = current_content(lessons[0])
    write(lessons[0], fresh=True)

    new = current_content(lessons[0])
    assert new != old
    assert set(lessons[0].contents.all()) == {old, new}


def test_two_requests_make_one_task(alice, lessons):
    assert request_content(alice, lessons[0]) == request_content(alice, lessons[0])
    assert request_content(alice, lessons[1]) != request_content(alice, lessons[0])


def test_a_retry_pays_for_a_new_text_when_the_first_cannot_be_used(write, again, stub, lessons):
    stub.queue(text("Dough rests."))

    task = write(lessons[0])
    assert (task.status, task.error_code) == ("pending", "invalid_output")
    assert not LessonContent.objects.exists()

    stub.queue(text(LESSON))
    again(task)

    assert task.status == "completed"
    assert LessonContent.objects.get().exposition == LESSON.strip()
    assert LLMCall.objects.get(outcome="invalid").error == "fewer than 80 words"


@pytest.mark.parametrize(
    ("reply", "status", "code"),
    [
        (text(LESSON, finish_reason="length"), "pending", "truncated_output"),
        (text(" "), "pending", "empty_answer"),
        (text(LESSON, cut_after=4), "pending", "cut_stream"),
        (failure(500), "pending", "unavailable"),
        (failure(401, "invalid_api_key"), "failed", "bad_key"),
        (Reply(refusal="I will not."), "failed", "refused"),
    ],
)
def test_what_is_no_lesson_is_never_saved(write, stub, lessons, reply, status, code):
    stub.queue(reply)

    task = write(lessons[0])

    assert (task.status, task.error_code) == (status, code)
    assert not LessonContent.objects.exists()


def test_a_provider_that_is_busy_twice_needs_no_click(write, again, stub, lessons):
    stub.queue(failure(429, retry_after="1"), failure(429), text(LESSON))

    task = write(lessons[0])
    again(task)
    again(task)

    assert (task.status, task.attempt) == ("completed", 3)
    assert LessonContent.objects.count() == 1


def test_the_text_is_asked_for_from_its_place_in_the_course(write, stub, lessons):
    LessonContent.objects.create(
        lesson=lessons[1], exposition="## Kneading\n\nPush it.\n\n- **gluten**: a net of protein"
    )
    stub.queue(text(LESSON))

    write(lessons[2])

    system, asked = (message["content"] for message in stub.seen[0].body["messages"])
    assert "never an instruction" in system
    for part in (
        'the lesson "Meeting heat"',
        '"background": "I bake for a kindergarten."',
        "Explain heat",
        "Dough: Meeting dough; Using dough",
        "- Using dough: Using it.",
        "- **gluten**: a net of protein",
        "About 400 words",
    ):
        assert part in asked
    assert "Push it." not in asked
    assert "- Meeting heat: Meeting it." not in asked


def test_the_first_lesson_follows_nothing(write, stub, lessons):
    stub.queue(text(LESSON))

    write(lessons[0])

    asked = stub.seen[0].body["messages"][-1]["content"]
    assert "nothing: this is the first lesson." in asked


def test_a_lesson_that_is_gone_is_said_to_be_gone(alice, drain, lessons):
    task = request_content(alice, lessons[0])
    lessons[0].delete()

    drain()

    task.refresh_from_db()
    assert (task.status, task.error) == ("failed", "This lesson does not exist any more.")


def test_a_lesson_that_goes_while_it_is_written_is_not_saved(write, stub, lessons):
    def delete_it(body):
        Lesson.objects.filter(pk=lessons[0].pk).delete()
        connection.close()  # the stub's thread has one of its own
        return text(LESSON)

    stub.answer = delete_it

    task = write(lessons[0])

    assert (task.status, task.error_code) == ("failed", "invalid_input")
    assert not LessonContent.objects.exists()


def test_a_run_that_lost_its_task_saves_nothing(write, stub, lessons):
    def cancel(body):
        AITask.objects.get().cancel()
        connection.close()
        return text(LESSON)

    stub.answer = cancel

    assert write(lessons[0]).status == "cancelled"
    assert not LessonContent.objects.exists()
