"""How learners share the slots of a pool."""

from collections import Counter

import pytest
from background_task.models import Task
from django.contrib.auth.models import User
from django.core.management import call_command
from django.db import transaction

from taskqueue.engine.claiming import OWNERS_AT_ONCE, Claims
from taskqueue.enqueue import enqueue
from taskqueue.models import AITask
from taskqueue.pools import Pool
from tests.taskqueue.engine.conftest import until

FOUR_SLOTS = ["--skip-checks", "--pool", "bulk=4"]


@pytest.fixture
def people(database_url):
    return {name: User.objects.create_user(name) for name in ("alice", "bob", "carol")}


def running():
    return Counter(AITask.objects.running().values_list("user__username", flat=True))


def test_a_learner_alone_has_every_slot(workers, put, people):
    for _ in range(6):
        put("stuck", user=people["alice"])

    workers.start(*FOUR_SLOTS)

    until(lambda: running() == {"alice": 4})


def test_who_came_later_with_less_is_served_beside_a_hoarder(workers, put, people):
    for name, count in (("alice", 8), ("bob", 5), ("carol", 1)):
        for _ in range(count):
            put("stuck", user=people[name])

    workers.start(*FOUR_SLOTS)

    until(
        lambda: (
            running() in ({"alice": 2, "bob": 1, "carol": 1}, {"alice": 1, "bob": 2, "carol": 1})
        )
    )


def test_freed_slots_go_to_whoever_has_least(workers, put, people):
    hoard = [put("stuck", user=people["alice"]) for _ in range(8)]
    workers.start(*FOUR_SLOTS)
    until(lambda: running() == {"alice": 4})
    for name in ("bob", "bob", "bob", "carol"):
        put("stuck", user=people[name])

    for task in [task for task in hoard if task.now().status == "processing"][:2]:
        task.go_alone()
        until(task.is_("completed"))

    until(lambda: running() == {"alice": 2, "bob": 1, "carol": 1})


def test_work_of_nobody_shares_as_one_learner_does(workers, put, people):
    for _ in range(8):
        put("stuck")
    put("stuck", user=people["alice"])

    workers.start(*FOUR_SLOTS)

    until(lambda: running() == {None: 3, "alice": 1})


def test_however_many_wait_everybody_is_served(put, people):
    """More learners than are looked at in one turn, behind one who has more than all of them."""
    users = User.objects.bulk_create(
        User(username=f"learner-{number}") for number in range(OWNERS_AT_ONCE + 10)
    )
    with transaction.atomic():
        for owner in [people["alice"]] * 15 + users:
            enqueue("noop", user=owner, input_data={})

    call_command("process_tasks", drain=True, pool=["bulk=4"])

    assert not AITask.objects.active().exists()
    started = list(AITask.objects.order_by("started_at").values_list("user__username", flat=True))
    assert started[:8].count("alice") < 8


def test_owners_are_looked_at_in_turns(people):
    users = User.objects.bulk_create(
        User(username=f"learner-{number}") for number in range(OWNERS_AT_ONCE + 10)
    )
    for owner in users:
        enqueue("noop", user=owner, input_data={})
    claims = Claims(["taskqueue.tasks.process_ai_task"], [Pool("bulk", 4)])

    seen = [set(claims.owners("bulk", risk=True)) for _ in range(3)]

    assert [len(owners) for owners in seen] == [OWNERS_AT_ONCE, 10, OWNERS_AT_ONCE]
    assert seen[0] | seen[1] == {owner.pk for owner in users}


def test_a_row_names_its_owner(people):
    enqueue("noop", user=people["bob"], input_data={})
    enqueue("noop", user=None, input_data={})

    owners = Task.objects.order_by("pk").values_list("creator_object_id", flat=True)

    assert list(owners) == [people["bob"].pk, None]
