"""Processes of a benchmark, and what they cost."""

import os
import subprocess
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path

TICKS = os.sysconf("SC_CLK_TCK")
PAGE = os.sysconf("SC_PAGE_SIZE")


@contextmanager
def running(
    command: Sequence[str], environment: Mapping[str, str] | None = None
) -> Iterator["subprocess.Popen[bytes]"]:
    """Run a command in a process group of its own and kill all of it afterwards."""
    process = start(command, environment)
    try:
        yield process
    finally:
        kill(process)


def start(
    command: Sequence[str], environment: Mapping[str, str] | None = None
) -> "subprocess.Popen[bytes]":
    surroundings = {**os.environ, **(environment or {})}
    return subprocess.Popen(
        command,
        env=surroundings,
        stdout=subprocess.DEVNULL,
        stderr=None if os.environ.get("BENCH_LOUD") else subprocess.DEVNULL,
        start_new_session=True,
    )


def kill(process: "subprocess.Popen[bytes]") -> None:
    """Kill a process and its children, as a machine that loses its power does."""
    with suppress(ProcessLookupError):
        os.killpg(process.pid, 9)
    process.wait()


def megabytes(process: "subprocess.Popen[bytes]") -> float:
    """Return the resident memory of a process and its children."""
    pages = sum(int((stat / "statm").read_text().split()[1]) for stat in _family(process.pid))
    return pages * PAGE / 2**20


def cpu_seconds(process: "subprocess.Popen[bytes]") -> float:
    """Return the processor time that a process and its living children have had."""
    fields = [
        (stat / "stat").read_text().rpartition(")")[2].split() for stat in _family(process.pid)
    ]
    return sum(int(values[11]) + int(values[12]) for values in fields) / TICKS


def _family(leader: int) -> list[Path]:
    """Return the places in /proc of the living processes of a group."""
    found = []
    for place in Path("/proc").glob("[0-9]*"):
        try:
            fields = (place / "stat").read_text().rpartition(")")[2].split()
        except OSError:
            continue
        if int(fields[2]) == leader and fields[0] != "Z":
            found.append(place)
    return found
