"""The library's runner with our engine inside: it claims, runs and settles as a worker does, one row a turn."""

from contextlib import closing

from background_task.models import Task
from background_task.tasks import DBTaskRunner, Tasks
from django.db import connection, transaction

from taskqueue.engine.claiming import Claims
from taskqueue.engine.dispatcher import Dispatcher
from taskqueue.engine.keeper import Keeper
from taskqueue.engine.lease import Lease
from taskqueue.engine.runs import Run
from taskqueue.engine.shutdown import Stop
from taskqueue.engine.slots import CallingThread, Threads
from taskqueue.engine.wakeup import Bell, Listening, Looking
from taskqueue.engine.widths import Widths
from taskqueue.pools import Sharing, one_slot


class OneInThisThread(CallingThread):
    """The slot of a drain; after its first run the worker is to stop."""

    def __init__(self, stop: Stop, bell: Bell) -> None:
        super().__init__()
        self._stop = stop

    def start(self, run: Run) -> None:
        self._stop.request()
        super().start(run)


class OneInAnotherThread(Threads):
    """The slot of a worker; after its first run the worker is to stop."""

    def __init__(self, stop: Stop, bell: Bell) -> None:
        super().__init__(1, bell.poke)
        self._stop = stop

    def start(self, run: Run) -> None:
        self._stop.request()
        super().start(run)


class EngineRunner(DBTaskRunner):
    """What `background_task.tasks.tasks` calls its runner. Rows are written as the library does it."""

    def __init__(self, slots: type[OneInThisThread | OneInAnotherThread]) -> None:
        super().__init__()
        self._slots = slots

    def get_task_to_run(self, tasks: Tasks, queue: str | None = None) -> Task | None:
        pools = one_slot(queue or "")
        claims = Claims(list(tasks._tasks), pools, queue or "")
        lease = Lease(concurrency=1, queue=queue or "", pools=pools)
        lease.open()
        with transaction.atomic():
            rows = claims.take({queue or "bulk": 1}, lease.name, risk=True)
        self.worker_name = lease.name
        return Task.objects.get(pk=rows[0].id) if rows else None

    def run_next_task(self, tasks: Tasks, queue: str | None = None) -> bool:
        """Give back what is orphaned, as a worker does when it starts, and run one row; False when none is due."""
        pools = one_slot(queue or "")
        lease = Lease(concurrency=1, queue=queue or "", pools=pools)
        sharing = Sharing(pools, 1)
        widths = Widths(sharing.limits([]))
        lease.open()
        with closing(Bell()) as bell, closing(_wakeup(bell)) as wakeup:
            stop = Stop(60.0, bell.poke)
            with closing(self._slots(stop, bell)) as slots:
                claims = Claims(list(tasks._tasks), pools, queue or "")
                Keeper(lease, slots.running, bell.poke, widths).rescue()
                Dispatcher(
                    lease, claims, sharing, widths, slots, wakeup, stop, sleep=60.0, drain=True
                ).run()
        lease.close()
        return stop.is_requested


def _wakeup(bell: Bell) -> Listening | Looking:
    return Listening(bell) if connection.vendor == "postgresql" else Looking(bell)
