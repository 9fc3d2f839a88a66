"""What of the library's queue table is indexed."""

import pytest
from django.core.management import call_command
from django.db import connection

READ = {"task_hash"}


def columns_of_the_library():
    with connection.cursor() as cursor:
        found = connection.introspection.get_constraints(cursor, "background_task")
    plain = [(name, of) for name, of in found.items() if of["index"] and not of["unique"]]
    return sorted(of["columns"][0] for name, of in plain if not name.startswith("taskqueue_"))


@pytest.fixture
def migrated_again(transactional_db):
    yield
    call_command("migrate", "taskqueue", verbosity=0)


@pytest.mark.django_db
def test_what_nothing_reads_is_not_kept():
    assert columns_of_the_library() == sorted(READ)


def test_taking_it_back_restores_what_the_library_made_and_doing_it_again_removes_that(
    migrated_again,
):
    call_command("migrate", "taskqueue", "0014", verbosity=0)
    assert {"priority", "run_at", "queue", "locked_at"} <= set(columns_of_the_library())

    call_command("migrate", "taskqueue", verbosity=0)

    assert columns_of_the_library() == sorted(READ)
