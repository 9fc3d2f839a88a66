"""A lesson's text, from the request through the queue to the page's data."""

import pytest

from core.models import LessonContent, LLMCall
from lessons.content import current_content, request_content

pytestmark = pytest.mark.django_db

LESSON = "## Why dough rests\n\n" + "Dough rests so that the flour takes up the water. " * 12


@pytest.fixture
def write(drain, alice):
    """Ask for a lesson's text and let the queue run; retries that wait are made due first."""

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
