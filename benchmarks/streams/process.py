"""What a process holds, as the system and the database see it."""

import os
import resource
from contextlib import suppress
from pathlib import Path
from typing import NamedTuple

from django.db import connection


class Held(NamedTuple):
    threads: int
    descriptors: int
    connections: int


def held_by(pid: int) -> Held:
    """Return what a web process holds; on PostgreSQL nobody but it and this one may be connected."""
    process = Path(f"/proc/{pid}")
    return Held(
        len(os.listdir(process / "task")), len(os.listdir(process / "fd")), _connections(process)
    )


def memory_of(pid: int) -> float:
    """Return the resident memory in KB."""
    lines = Path(f"/proc/{pid}/status").read_text().splitlines()
    return float(next(line.split()[1] for line in lines if line.startswith("VmRSS")))


def raise_limit() -> None:
    """Allow this process, and those it starts, as many descriptors as it may have."""
    most = resource.getrlimit(resource.RLIMIT_NOFILE)[1]
    resource.setrlimit(resource.RLIMIT_NOFILE, (most, most))


def _connections(process: Path) -> int:
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute(
                "SELECT count(*) FROM pg_stat_activity"
                " WHERE datname = current_database() AND pid <> pg_backend_pid()"
            )
            return int(cursor.fetchone()[0])
    return sum(
        _target(entry) == str(connection.settings_dict["NAME"])
        for entry in (process / "fd").iterdir()
    )


def _target(link: Path) -> str:
    with suppress(OSError):
        return os.readlink(link)
    return ""
