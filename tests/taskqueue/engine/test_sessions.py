"""How a worker's sessions with PostgreSQL are set up."""

import pytest
from background_task.tasks import tasks
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext

from taskqueue.engine.claiming import Claims
from taskqueue.engine.lease import Lease
from taskqueue.engine.sessions import worker_sessions
from taskqueue.pools import BULK, INTERACTIVE, pools_for

pytestmark = pytest.mark.postgresql


@pytest.fixture
def dispatchers(transactional_db):
    """Sessions as a worker's dispatcher has them, and none of them left to others."""
    connection.close()
    with worker_sessions():
        yield
    connection.close()


@pytest.fixture
def claim(dispatchers):
    """The statement of a claim for both pools."""
    pools = pools_for(16)
    lease = Lease(concurrency=16, queue="", pools=pools)
    lease.open()
    claims = Claims(list(tasks._tasks), pools)
    with CaptureQueriesContext(connection) as asked, transaction.atomic():
        claims.take({INTERACTIVE: 2, BULK: 16}, lease.name, risk=True)
    return next(query["sql"] for query in asked if "SKIP LOCKED" in query["sql"])


def test_a_claim_goes_by_its_index_even_where_the_server_knows_of_no_rows(claim):
    with connection.cursor() as cursor:
        cursor.execute("EXPLAIN " + claim)
        plan = "\n".join(line for (line,) in cursor.fetchall())

    assert plan.count("using taskqueue_claim") == 2, plan
    assert "Sort" not in plan
    assert "Seq Scan on background_task" not in plan


def test_a_session_that_sits_in_a_transaction_ends_with_the_lease(dispatchers, settings):
    with connection.cursor() as cursor:
        cursor.execute("SHOW idle_in_transaction_session_timeout")
        assert cursor.fetchone() == (f"{settings.TASK_LEASE_SECONDS}s",)
