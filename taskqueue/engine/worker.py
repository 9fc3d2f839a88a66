"""A worker, put together: a lease and its keeper, slots, a dispatcher, and a way to end."""

import logging
import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass

from background_task.tasks import tasks
from django.db import DatabaseError, connection

from core.outage import in_a_line, is_outage, wait_out
from taskqueue.engine.claiming import Claims
from taskqueue.engine.dispatcher import Dispatcher
from taskqueue.engine.keeper import Keeper
from taskqueue.engine.lease import Lease
from taskqueue.engine.rescue import Rescuer, give_back_orphans
from taskqueue.engine.sessions import worker_sessions
from taskqueue.engine.shutdown import Stop
from taskqueue.engine.slots import CallingThread, Slots, Threads
from taskqueue.engine.wakeup import Bell, Listening, Looking, Wakeup
from taskqueue.engine.widths import Widths
from taskqueue.pools import Pool, Sharing, one_slot

logger = logging.getLogger(__name__)


@dataclass(frozen=True)
class Options:
    """What `process_tasks` was asked for. A `duration` of 0 is for ever; without `pools` it is one slot for all."""

    pools: tuple[Pool, ...] = ()
    queue: str = ""
    sleep: float = 5.0
    duration: float = 0.0
    grace: float = 30.0
    drain: bool = False

    @property
    def in_calling_thread(self) -> bool:
        """One slot needs no thread, and so it works inside a caller's transaction too."""
        return not self.pools


def work(options: Options) -> int:
    """Run a worker to its end and return how many runs did not end with it."""
    bell = Bell()
    return Station(options, bell, Stop(options.grace, bell.poke), _slots(options, bell)).work()


@dataclass(frozen=True)
class Station:
    """A worker whose `slots` and whose reasons to `stop` are given.

    `shares` makes what shares the slots among pools; the dispatcher sleeps `through` what it makes of a wakeup.
    """

    options: Options
    bell: Bell
    stop: Stop
    slots: Slots
    shares: Callable[[Sequence[Pool], int, Callable[[str], int]], Sharing] = Sharing
    through: Callable[[Wakeup], Wakeup] = lambda wakeup: wakeup

    def work(self) -> int:
        """Work to the end, in the calling thread, and return how many runs did not end with it."""
        options, bell, stop, slots = self.options, self.bell, self.stop, self.slots
        pools = options.pools or one_slot(options.queue)
        lease = Lease(
            concurrency=slots.width,
            queue=options.queue,
            pools=pools,
            is_beating=not connection.in_atomic_block,  # what is claimed in there nobody else can see
        )
        wakeup = self.through(
            Listening(bell) if connection.vendor == "postgresql" else Looking(bell)
        )
        claims = Claims(list(tasks._tasks), pools, options.queue)
        widths = Widths(Sharing(pools, slots.width).limits([]))
        sharing = self.shares(pools, slots.width, widths.now)
        dispatcher = Dispatcher(
            lease, claims, sharing, widths, slots, wakeup, stop, options.sleep, options.drain
        )
        keeper = Keeper(lease, slots.running, bell.poke, widths)
        with _circumstances(options, stop):
            if _opens(lease, stop):
                try:
                    if lease.is_beating:
                        keeper.start()
                    _rescue(lease)
                    dispatcher.run()
                finally:
                    _leave(dispatcher, keeper, lease, wakeup)
        slots.close()
        if not slots.running:
            bell.close()  # else threads that are left may still ring it
        return len(slots.running)


def _slots(options: Options, bell: Bell) -> Slots:
    if options.in_calling_thread:
        return CallingThread()
    return Threads(sum(pool.slots for pool in options.pools), bell.poke)


@contextmanager
def _circumstances(options: Options, stop: Stop) -> Iterator[None]:
    """Let signals and time end the worker, unless it is the caller's own thread that works."""
    with ExitStack() as stack:
        if not options.in_calling_thread:
            stack.enter_context(stop.on_signals())
            stack.enter_context(worker_sessions())
        if options.duration:
            timer = threading.Timer(options.duration, stop.request)
            timer.daemon = True
            timer.start()
            stack.callback(timer.cancel)
        yield


def _opens(lease: Lease, stop: Stop) -> bool:
    """Take out the lease, waiting for the database if need be; False when asked to stop before."""
    is_waiting = False
    while not stop.is_requested:
        try:
            lease.open()
            return True
        except DatabaseError as error:
            wait_out(error, logger, "Waiting for the database: %s", is_known=is_waiting)
            is_waiting = True
    return False


def _rescue(lease: Lease) -> None:
    """Give back what the dead left before work begins, so that a drain finds it; if that fails the keeper does it."""
    try:
        Rescuer(lease).look()
        give_back_orphans()
    except DatabaseError as error:
        if not is_outage(error):
            raise
        logger.warning("What dead workers held is not given back yet: %s", in_a_line(error))


def _leave(dispatcher: Dispatcher, keeper: Keeper, lease: Lease, wakeup: Wakeup) -> None:
    """Leave nothing claimed. Without a database that is left to the others, who see the lease end."""
    try:
        dispatcher.hand_back()
        keeper.end()
        lease.close()
        wakeup.close()
    except DatabaseError:
        logger.exception("What was claimed is not handed back; other workers will find it")
