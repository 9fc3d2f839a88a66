"""Our worker inside Celery's: in its main process with threads, in each child with processes."""

import logging
import os
import signal
import threading
from functools import partial
from typing import Any

from celery import Celery, bootsteps, signals
from celery.bin.worker import worker as command
from celery.worker import state
from click import Option
from django.utils.module_loading import autodiscover_modules

from taskqueue.celery.app import PREFIX, RING
from taskqueue.celery.slots import Dismissing, Lent, SharingLent
from taskqueue.celery.sweep import Sweeper
from taskqueue.engine.preflight import Preflight
from taskqueue.engine.shutdown import Stop
from taskqueue.engine.wakeup import Bell
from taskqueue.engine.worker import Options, Station
from taskqueue.pools import Pool, known_pools, pools_for

logger = logging.getLogger(__name__)

THREADS = ("celery.concurrency.thread", "celery.concurrency.solo")
PROCESSES = "celery.concurrency.prefork"
GRACE = 30.0
SLEEP = 5.0
ASK = signal.SIGURG  # asks children to stop; who has no handler for it yet ignores it


def equip(app: Celery) -> None:
    """Make workers of this application run our queue."""
    autodiscover_modules("tasks")
    app.task(name=RING, bind=False)(_answer)
    app.steps["worker"].add(Engine)
    app.user_options["worker"].add(
        Option(
            ["--grace"],
            type=float,
            default=GRACE,
            show_default=True,
            help="Seconds that running tasks are given when asked to stop.",
        )
    )
    _prefer_threads()
    signals.setup_logging.connect(_keep_logging, weak=False)


def _prefer_threads() -> None:
    """Make threads the pool where none is named, for the work waits on networks.

    The setting `worker_pool` would do so too, but cannot be told from an explicit `--pool prefork`.
    """
    for option in command.params:
        if "--pool" in option.opts:
            option.default = "threads"


def _keep_logging(**kwargs: Any) -> None:
    """Leave the log as the settings have it; that somebody listens is all that Celery asks."""


def _answer() -> None:
    if _post:
        if _post.is_child:
            signal.signal(signal.SIGTERM, _post.leave)  # Celery sets its own after we began
        _post.slots.serve()


class Post(threading.Thread):
    """A worker of ours in this process, whose slots are Celery's tasks."""

    def __init__(self, width: int, pools: list[Pool], grace: float) -> None:
        super().__init__(name="dispatcher", daemon=True)
        self.left_running = 0
        self.is_child = self.must_leave = False
        self._pools = pools
        self._bell = Bell()
        self.stop = Stop(grace, self._bell.poke)
        self.slots = Lent(width, self._bell.poke)
        self._options = Options(pools=tuple(pools), sleep=SLEEP, grace=grace)

    def leave(self, *signal_and_frame: Any) -> None:
        """Stop, and end this process then. Safe in a signal handler."""
        self.must_leave = True
        self.stop.request()

    def run(self) -> None:
        sharing = []

        def share(*given: Any) -> SharingLent:
            sharing.append(SharingLent(self.slots, *given))
            return sharing[0]

        def room() -> dict[str, int]:
            if not sharing or self.stop.is_requested:
                return {}
            return sharing[0].room(list(self.slots.running))

        sweeper = Sweeper(self._pools, room)
        sweeper.start()
        station = Station(
            self._options,
            self._bell,
            self.stop,
            self.slots,
            share,
            partial(Dismissing, slots=self.slots),
        )
        try:
            self.left_running = station.work()
        finally:
            sweeper.end()
            self.slots.close()


_post: Post | None = None


class Engine(bootsteps.StartStopStep):  # type: ignore[misc]
    """Starts and stops it with Celery's worker."""

    requires = {"celery.worker.components:Pool"}

    def __init__(self, worker: Any, grace: float = GRACE, **options: Any) -> None:
        super().__init__(worker, **options)
        self._grace = grace
        self._module = worker.pool_cls.__module__
        self._preflight = Preflight()
        if self._module not in (*THREADS, PROCESSES):
            raise SystemExit(
                "techtree: --pool must be threads or prefork: our processors wait in threads of their own, "
                "which gevent and eventlet would mix up."
            )
        if self._module == PROCESSES:
            signals.worker_process_init.connect(partial(self._begin_child, worker), weak=False)
            signals.worker_process_shutdown.connect(_end_child, weak=False)
        if not os.environ.get("CELERY_SKIP_CHECKS"):
            self._preflight.start()

    def start(self, worker: Any) -> None:
        if self._module != PROCESSES:
            _begin(worker, worker.concurrency, self._grace)

    def stop(self, worker: Any) -> None:
        """Let what runs end, hand back the rest after the grace."""
        if self._module == PROCESSES:
            self._tell_children(worker)
        elif _post:
            _post.stop.request()
            with _post.stop.on_signals():
                _post.join()
        if state.should_stop is not None:
            worker.exitcode = 0  # Celery calls it a failure when the signal was SIGINT
        if self._preflight.failed:
            worker.exitcode = 1
        if _post and _post.left_running:
            logging.shutdown()
            os._exit(int(self._preflight.failed))

    def terminate(self, worker: Any) -> None:
        if _post:
            _post.stop.request()
        self.stop(worker)

    def _begin_child(self, worker: Any, **kwargs: Any) -> None:
        post = _begin(worker, 1, self._grace)
        post.is_child = True
        signal.signal(ASK, post.stop.request)
        threading.Thread(target=_leave_when_over, args=[post], daemon=True).start()

    def _tell_children(self, worker: Any) -> None:
        def tell(*signal_and_frame: Any) -> None:
            for process in list(worker.pool._pool._pool):
                if process.pid and process.is_alive():
                    os.kill(process.pid, ASK)

        tell()
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, tell)


def _begin(worker: Any, width: int, grace: float) -> Post:
    global _post
    queues = worker.app.amqp.queues.consume_from
    served = {name.removeprefix(PREFIX) for name in queues} & known_pools()
    _post = Post(width, _pools(served, width), grace)
    _post.start()
    return _post


def _pools(served: set[str], width: int) -> list[Pool]:
    """Return the pools of `width` slots; with less than all pools, or a single slot, none of them is kept."""
    if served != known_pools() or width == 1:
        return [Pool(name, 0) for name in sorted(served)]
    candidates = [pools_for(concurrency) for concurrency in range(1, width)]
    fitting = [pools for pools in candidates if sum(pool.slots for pool in pools) <= width]
    return fitting[-1]


def _leave_when_over(post: Post) -> None:
    """End a child that was told to leave, or whose run outlasted the grace; its row is handed back by then."""
    post.join()
    if post.left_running or post.must_leave:
        logging.shutdown()
        os._exit(0)


def _end_child(**kwargs: Any) -> None:
    if _post:
        _post.stop.request()
        _post.join()
