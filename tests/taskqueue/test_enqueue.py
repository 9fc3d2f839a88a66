"""Work enters the queue whole, once, and only when there is room."""

import threading

import pytest
from background_task.models import Task
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext

from taskqueue.enqueue import enqueue
from taskqueue.errors import QueueFull
from taskqueue.models import AITask, TaskStatus


def test_task_and_queue_row_are_written_together(put):
    task = put()

    row = Task.objects.get()
    assert row.params() == ([str(task.pk), 1], {})
    assert (task.status, row.queue, row.priority) == (TaskStatus.PENDING, "bulk", task.priority)


def test_a_rollback_leaves_neither(put):
    class Stop(Exception):
        pass

    with pytest.raises(Stop), transaction.atomic():
        put()
        raise Stop

    assert not AITask.objects.exists()
    assert not Task.objects.exists()


def test_the_same_work_is_queued_once(alice):
    first, created = enqueue("echo", user=alice, input_data={}, dedupe_key="lesson:1")
    again, created_again = enqueue("echo", user=alice, input_data={}, dedupe_key="lesson:1")

    assert (created, created_again) == (True, False)
    assert first == again
    assert Task.objects.count() == 1


def test_finished_work_may_be_asked_for_again(alice, drain):
    first, _ = enqueue("echo", user=alice, input_data={}, dedupe_key="lesson:1")
    drain()

    second, created = enqueue("echo", user=alice, input_data={}, dedupe_key="lesson:1")

    assert created
    assert second != first


@pytest.mark.django_db(transaction=True)
def test_a_double_click_on_two_connections_is_one_task(alice):
    start = threading.Barrier(2)
    found = []

    def click():
        start.wait()
        found.append(enqueue("echo", user=alice, input_data={}, dedupe_key="same")[0])
        connection.close()

    clicks = [threading.Thread(target=click) for _ in range(2)]
    for click_ in clicks:
        click_.start()
    for click_ in clicks:
        click_.join()

    assert found[0] == found[1]
    assert AITask.objects.count() == Task.objects.count() == 1


def test_a_full_queue_refuses_and_says_when_to_come_back(put, settings):
    settings.TASK_MAX_PENDING = 1
    put()

    with pytest.raises(QueueFull) as refusal:
        put()

    assert (refusal.value.status, refusal.value.retry_after) == (429, 30)
    assert AITask.objects.count() == 1


def test_a_large_queue_that_is_half_empty_is_not_counted_for_each_task(put, settings):
    settings.TASK_MAX_PENDING = 1_000_000
    put()

    with CaptureQueriesContext(connection) as statements:
        put()

    counts = [query["sql"] for query in statements.captured_queries if "COUNT(*)" in query["sql"]]
    assert counts == []


def test_a_large_queue_takes_what_fits_and_no_more(put, settings):
    settings.TASK_MAX_PENDING = 220
    settings.TASK_MAX_ACTIVE_PER_USER = 1_000
    for _ in range(220):
        put()

    with pytest.raises(QueueFull):
        put()

    AITask.objects.all()[:1].get().cancel()
    assert put().status == TaskStatus.PENDING


def test_a_learner_has_a_share_and_others_still_get_in(put, bob, settings):
    settings.TASK_MAX_ACTIVE_PER_USER = 1
    put()

    with pytest.raises(QueueFull):
        put()

    assert put(user=bob).user == bob
    assert put(user=None).user is None


def test_input_that_is_not_json_is_refused_before_anything_is_written(put):
    with pytest.raises(TypeError):
        put(input_data={"when": object()})

    assert not AITask.objects.exists()
