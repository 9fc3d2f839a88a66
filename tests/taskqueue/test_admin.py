"""What staff can do to tasks, and what nobody can."""

import pytest

from taskqueue.models import AITask, TaskStatus, Worker

LIST = "/admin/taskqueue/aitask/"


@pytest.fixture
def as_staff(client, charlie):
    client.force_login(charlie)
    return client


def act(client, action, *tasks):
    chosen = {"action": action, "_selected_action": [str(task.pk) for task in tasks]}
    return client.post(LIST, chosen, follow=True)


def test_the_list_shows_searches_and_filters(as_staff, put, drain):
    put("hopeless")
    put()
    drain()

    everything = as_staff.get(LIST)
    failed = as_staff.get(LIST, {"status__exact": "failed", "q": "cannot be done"})

    assert "2 AI tasks" in everything.text
    assert "1 AI task" in failed.text
    assert "1 of 3" in failed.text


def test_the_detail_shows_staff_the_traceback_escaped(as_staff, put, drain):
    task = put("buggy")
    drain()

    page = as_staff.get(f"{LIST}{task.pk}/change/")

    assert "secret detail" in page.text
    assert "<pre>Traceback" in page.text
    assert 'name="_save"' not in page.text or "readonly" in page.text


def test_rows_cannot_be_edited_added_or_deleted(as_staff, put):
    task = put()

    as_staff.post(f"{LIST}{task.pk}/change/", {"status": "completed"})

    task.refresh_from_db()
    assert task.status == TaskStatus.PENDING
    assert as_staff.get(f"{LIST}add/").status_code == 403
    assert as_staff.post(f"{LIST}{task.pk}/delete/", {"post": "yes"}).status_code == 403


def test_cancel_and_retry(as_staff, put, drain):
    waiting, failed = put(), put("hopeless", dedupe_key="a")
    drain_only_failed = act(as_staff, "cancel_selected", waiting)
    drain()

    assert "1 of 1 cancelled" in drain_only_failed.text
    waiting.refresh_from_db()
    failed.refresh_from_db()
    assert (waiting.status, failed.status) == (TaskStatus.CANCELLED, TaskStatus.FAILED)

    page = act(as_staff, "retry_selected", failed, waiting)
    assert "2 of 2 queued again" in page.text
    failed.refresh_from_db()
    assert failed.status == TaskStatus.PENDING


def test_one_refusal_does_not_stop_the_others(as_staff, put, drain):
    done = put()
    drain()
    waiting = put()

    page = act(as_staff, "cancel_selected", done, waiting)

    assert "1 of 2 cancelled" in page.text
    waiting.refresh_from_db()
    assert waiting.status == TaskStatus.CANCELLED


def test_learners_have_no_admin(client, alice):
    client.force_login(alice)

    assert client.get(LIST).status_code == 302


def test_a_learner_can_be_deleted_with_their_tasks(as_staff, put, alice):
    put()

    page = as_staff.post(f"/admin/auth/user/{alice.pk}/delete/", {"post": "yes"})

    assert page.status_code == 302
    assert not AITask.objects.exists()


def test_workers_are_seen_and_left_alone(as_staff):
    worker = Worker.objects.create(
        host="spock",
        machine="a boot",
        pid=4711,
        process="99",
        concurrency=8,
        pools={"interactive": 6, "bulk": 2},
        widths={"interactive": 6, "bulk": 1},
    )
    page = f"/admin/taskqueue/worker/{worker.pk}"

    listed = as_staff.get("/admin/taskqueue/worker/")

    for shown in ("spock:4711", "&quot;interactive&quot;: 6", "&quot;bulk&quot;: 1"):
        assert shown in listed.text
    assert "spock" in as_staff.get(f"{page}/change/").text
    assert as_staff.post(f"{page}/change/", {"host": "kirk"}).status_code == 403
    assert as_staff.post(f"{page}/delete/", {"post": "yes"}).status_code == 403
    assert as_staff.get("/admin/taskqueue/worker/add/").status_code == 403
    assert Worker.objects.get().host == "spock"
