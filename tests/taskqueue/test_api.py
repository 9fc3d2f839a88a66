"""The tasks API as a script meets it."""

import uuid

import pytest
from django.test import Client
from django.urls import reverse

from taskqueue.models import AITask, TaskEvent, TaskStatus

ALWAYS = {
    "task_id", "task_type", "status", "created_at", "updated_at", "started_at", "finished_at", "attempt",
    "max_attempts", "next_attempt_at", "progress", "queue_position", "eta_seconds",
}  # fmt: skip


@pytest.fixture
def as_alice(client, alice):
    client.force_login(alice)
    return client


def url(name, task):
    return reverse(f"taskqueue:{name}", args=[task.pk])


def test_pending(as_alice, put):
    first, second = put(), put()

    response = as_alice.get(url("status", second))

    body = response.json()
    assert set(body) >= ALWAYS
    assert (body["task_id"], body["status"]) == (str(second.pk), "pending")
    assert (body["queue_position"], body["eta_seconds"]) == (1, None)
    assert response["Retry-After"] == "1"
    assert as_alice.get(url("status", first)).json()["queue_position"] == 0


def test_completed(as_alice, put, drain):
    task = put()
    drain()

    response = as_alice.get(url("status", task))

    body = response.json()
    assert (body["status"], body["result"]) == ("completed", {"echo": {"n": 1}})
    assert body["html"] == f"<p>{task.pk}</p>"
    assert body["queue_position"] is None
    assert "Retry-After" not in response


def test_failed_says_why_without_a_traceback(as_alice, put, drain):
    task = put("hopeless")
    drain()

    response = as_alice.get(url("status", task))

    body = response.json()
    assert (body["error"], body["error_code"]) == ("This cannot be done.", "permanent")
    assert "Traceback" not in response.text


def test_waiting_for_another_try_says_when(as_alice, put, drain):
    task = put("flaky", input_data={"good_at": 2, "wait": 20})
    drain()

    response = as_alice.get(url("status", task))

    body = response.json()
    assert (body["status"], body["attempt"]) == ("pending", 1)
    assert body["next_attempt_at"] is not None
    assert 15 <= int(response["Retry-After"]) <= 25


def test_progress_is_shown(as_alice, put):
    task = put()
    task.begin()
    task.report("Planning module 2 of 5", 2, 5)

    body = as_alice.get(url("status", task)).json()

    assert body["status"] == "processing"
    assert body["progress"] == {"step": "Planning module 2 of 5", "done": 2, "total": 5}


def test_an_unchanged_status_is_304(as_alice, put):
    task = put()
    first = as_alice.get(url("status", task))

    again = as_alice.get(url("status", task), headers={"If-None-Match": first["ETag"]})
    task.begin()
    changed = as_alice.get(url("status", task), headers={"If-None-Match": first["ETag"]})

    assert (again.status_code, again.content, again["Retry-After"]) == (304, b"", "1")
    assert changed.status_code == 200


@pytest.mark.parametrize(("name", "method"), [
    ("status", "get"), ("events", "get"), ("cancel", "post"), ("retry", "post"),
])  # fmt: skip
def test_a_task_exists_for_its_owner_and_staff_only(client, put, alice, bob, charlie, name, method):
    task = put("hopeless")
    call = getattr(client, method)

    assert call(url(name, task)).status_code == 401
    client.force_login(bob)
    refused = call(url(name, task))
    assert (refused.status_code, refused.json()["code"]) == (404, "not_found")
    client.force_login(charlie)
    assert call(url(name, task)).status_code != 404
    missing = call(reverse(f"taskqueue:{name}", args=[uuid.uuid4()]))
    assert missing.status_code == 404


@pytest.mark.parametrize(("name", "method"), [
    ("status", "post"), ("events", "post"), ("cancel", "get"), ("retry", "get"),
])  # fmt: skip
def test_the_wrong_method_is_405(as_alice, put, name, method):
    response = getattr(as_alice, method)(url(name, put()))

    assert response.status_code == 405
    assert response.json()["status"] == "error"
    assert response["Allow"]


def test_csrf_is_enforced_in_json(alice, put):
    strict = Client(enforce_csrf_checks=True)
    strict.force_login(alice)
    task = put()

    response = strict.post(url("cancel", task))

    assert (response.status_code, response.json()["code"]) == (403, "csrf_failed")
    task.refresh_from_db()
    assert task.status == TaskStatus.PENDING


def test_cancel_ends_waiting_work(as_alice, put, drain):
    task = put()

    response = as_alice.post(url("cancel", task))
    drain()

    assert (response.status_code, response.json()["status"]) == (200, "cancelled")
    task.refresh_from_db()
    assert (task.status, task.result) == (TaskStatus.CANCELLED, None)
    again = as_alice.post(url("cancel", task))
    assert (again.status_code, again.json()["code"]) == (409, "wrong_state")


def test_retry_runs_failed_work_again(as_alice, put, drain):
    task = put("flaky", input_data={"good_at": 99, "wait": 0}, dedupe_key="a")
    for _ in range(3):
        drain()
    AITask.objects.update(input_data={"good_at": 1})

    response = as_alice.post(url("retry", task))
    drain()

    assert response.status_code == 202
    assert set(response.json()) >= {"status", "task_id", "status_url", "events_url"}
    task.refresh_from_db()
    assert (task.status, task.result) == (TaskStatus.COMPLETED, {"attempt": 1})


def test_retry_of_running_work_is_409(as_alice, put):
    assert as_alice.post(url("retry", put())).status_code == 409


def test_retry_while_the_same_work_is_on_its_way_is_409(as_alice, put, drain):
    failed = put("hopeless", dedupe_key="a")
    drain()
    put("hopeless", dedupe_key="a")

    response = as_alice.post(url("retry", failed))

    assert (response.status_code, AITask.objects.active().count()) == (409, 1)


def test_retry_with_a_full_queue_is_429(as_alice, put, drain, settings):
    task = put("hopeless")
    drain()
    settings.TASK_MAX_ACTIVE_PER_USER = 0

    response = as_alice.post(url("retry", task))

    assert (response.status_code, response["Retry-After"]) == (429, "30")
    task.refresh_from_db()
    assert task.status == TaskStatus.FAILED


def test_a_plain_form_is_sent_back_to_its_page_and_nowhere_else(as_alice, put):
    task, other = put(), put()

    back = as_alice.post(url("cancel", task), {"next": "/syllabus/"})
    elsewhere = as_alice.post(url("cancel", other), {"next": "https://evil.example/"})

    assert (back.status_code, back["Location"]) == (302, "/syllabus/")
    assert elsewhere.status_code == 200


def test_an_estimate_comes_from_measured_runs(as_alice, put, drain):
    for _ in range(5):
        put()
    drain()
    task = put()

    low, high = as_alice.get(url("status", task)).json()["eta_seconds"]
    assert 0 <= low < high
    task.begin()
    assert as_alice.get(url("status", task)).json()["eta_seconds"] is not None
    assert as_alice.get(url("status", AITask.objects.last())).json()["eta_seconds"] is None


def test_events_resume_after_the_last_one_seen(as_alice, put, drain):
    task = put()
    waiting = as_alice.get(url("events", task))
    assert waiting["Content-Type"] == "text/event-stream"
    assert waiting.text == "retry: 2000\n\n"

    task.begin()
    begun = as_alice.get(url("events", task))
    assert "id: 1\nevent: started\n" in begun.text
    nothing_new = as_alice.get(url("events", task), headers={"Last-Event-ID": "1"})
    assert "event:" not in nothing_new.text

    task.fail(error="No.", code="bad", detail="")
    final = as_alice.get(url("events", task), headers={"Last-Event-ID": "1"})
    assert final.text.count("event: ") == 1
    assert "id: 2\nevent: failed\n" in final.text
    over = as_alice.get(url("events", task), headers={"Last-Event-ID": "2"})
    assert over.status_code == 204


@pytest.mark.parametrize("nonsense", ["²x", "-1", "7", "9" * 40])
def test_events_start_over_when_the_last_id_is_nonsense(as_alice, put, nonsense):
    task = put()
    task.begin()

    response = as_alice.get(url("events", task), headers={"Last-Event-ID": nonsense})

    assert "event: started" in response.text


def test_a_new_reader_gets_the_newest_life_alone(as_alice, put, drain):
    task = put()
    task.begin()
    task.cancel()
    assert "event: cancelled" in as_alice.get(url("events", task)).text

    as_alice.post(url("retry", task))
    assert "event:" not in as_alice.get(url("events", task)).text
    drain()
    again = as_alice.get(url("events", task)).text
    assert again.count("event: completed") == 1
    assert "cancelled" not in again


def test_an_end_that_comes_while_a_reader_is_let_in_is_not_missed(put, drain):
    task = put()
    task.begin()
    let_in = AITask.objects.get(pk=task.pk)

    task.settle(dict)

    assert TaskEvent.objects.before_newest_run(let_in) == 0


def test_who_comes_back_into_another_life_hears_that_one(as_alice, put, drain):
    task = put("hopeless")
    drain()
    as_alice.post(url("retry", task))
    last = {"Last-Event-ID": "1"}
    assert "event:" not in as_alice.get(url("events", task), headers=last).text

    drain()

    events = as_alice.get(url("events", task), headers=last).text
    assert "id: 3\nevent: started\n" in events
    assert events.count("event: failed") == 1


def test_who_comes_back_after_the_end_misses_nothing(as_alice, put, drain):
    task = put()
    drain()

    events = as_alice.get(url("events", task), headers={"Last-Event-ID": "1"}).text

    assert "id: 2\nevent: progress\n" in events
    assert "id: 3\nevent: completed\n" in events
