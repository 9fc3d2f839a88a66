"""Which process is meant, on which machine, so that the dead can be told from the living without asking them."""

import os
import socket
from dataclasses import dataclass
from pathlib import Path

PROC = Path("/proc")
DEAD_STATES = "ZX"


@dataclass(frozen=True)
class Identity:
    """A process. `machine` names a set of processes that share pids: one boot of one host or container.

    `process` is the time at which the process started, in the machine's own ticks, so that a pid that is used again
    is another process; empty where the system does not tell.
    """

    host: str
    machine: str
    pid: int
    process: str


def this_process() -> Identity:
    """Return the identity of the process that asks."""
    pid = os.getpid()
    return Identity(socket.gethostname(), this_machine(), pid, _started(pid) or "")


def this_machine() -> str:
    """Return the name of the space in which our pids mean something."""
    try:
        boot = (PROC / "sys/kernel/random/boot_id").read_text(encoding="ascii").strip()
        return f"{boot} {os.readlink(PROC / 'self/ns/pid')}"
    except OSError:
        return socket.gethostname()


def is_gone(pid: int, process: str) -> bool:
    """Whether a process of this machine has ended; a zombie has."""
    if process:
        return _started(pid) != process
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return True
    except PermissionError:
        return False
    return False


def _started(pid: int) -> str | None:
    """Return the start time of a living process as proc(5) has it (field 22), or None."""
    try:
        stat = (PROC / str(pid) / "stat").read_text(encoding="utf-8", errors="replace")
    except OSError:
        return None
    fields = stat.rpartition(")")[2].split()  # the name before it may hold spaces and brackets
    state, started = fields[0], fields[19]
    return None if state in DEAD_STATES else started
