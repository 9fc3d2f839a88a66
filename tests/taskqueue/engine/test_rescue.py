"""Whom a worker takes for dead: by two clocks, of which either may jump."""

import sqlite3
import threading
import time
from contextlib import closing
from datetime import timedelta

import pytest
from django.db import connection
from django.db.models import F
from django.utils import timezone

from taskqueue.engine.lease import Lease
from taskqueue.engine.rescue import Rescuer
from taskqueue.models import Worker
from taskqueue.pools import one_slot
from tests.taskqueue.engine.conftest import until

HOUR = timedelta(hours=1)


@pytest.fixture
def lease(transactional_db, settings):
    settings.TASK_LEASE_SECONDS = 1
    lease = Lease(concurrency=1, queue="", pools=one_slot())
    lease.open()
    return lease


@pytest.fixture
def other(lease):
    """The row of a worker of another host."""
    other = Lease(concurrency=1, queue="", pools=one_slot())
    other.open()
    rows = Worker.objects.filter(worker_id=other.worker_id)
    rows.update(machine="another host")
    return rows


def looks_for(rescuer, leases, meanwhile=lambda: None):
    """Look as often as a keeper does, for so many leases of a second."""
    end = time.monotonic() + leases
    while time.monotonic() < end:
        meanwhile()
        rescuer.look()
        time.sleep(0.02)


def test_a_worker_that_beats_lives_although_the_clock_of_the_database_has_jumped(lease, other):
    looks_for(
        Rescuer(lease), 2, lambda: other.update(beats=F("beats") + 1, beat_at=timezone.now() - HOUR)
    )

    assert other.exists()


def test_a_worker_lives_whose_last_beat_is_young_by_the_clock_of_the_database(lease, other):
    other.update(beat_at=timezone.now() + HOUR)  # which was put back since

    looks_for(Rescuer(lease), 2)

    assert other.exists()


def test_silence_by_both_clocks_is_death(lease, other):
    rescuer = Rescuer(lease)
    other.update(beat_at=timezone.now() - HOUR)

    rescuer.look()
    assert other.exists(), "one look is no watch"
    began = time.monotonic()
    until(lambda: rescuer.look() or not other.exists())

    assert time.monotonic() - began > 2 * lease.every


def test_who_was_away_himself_begins_to_watch_anew(lease, other):
    rescuer = Rescuer(lease)
    other.update(beat_at=timezone.now() - HOUR)
    rescuer.look()

    time.sleep(3 * lease.every)  # as long as the machine sleeps
    rescuer.look()

    assert other.exists()


@pytest.mark.sqlite
def test_who_waited_long_for_the_lock_buries_nobody_who_waited_for_it_too(lease, other):
    rescuer = Rescuer(lease)
    other.update(beat_at=timezone.now() - HOUR)
    with closing(
        sqlite3.connect(connection.settings_dict["NAME"], check_same_thread=False)
    ) as frozen:
        frozen.execute("BEGIN IMMEDIATE")
        threading.Timer(6 * lease.every, frozen.rollback).start()
        looks_for(rescuer, 5 * lease.every)
        assert not frozen.in_transaction, "a look has waited for the lock"

    assert other.exists()
    until(lambda: rescuer.look() or not other.exists())
