"""A database that exists for one performance: nothing of anybody's can be in it."""

import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Protocol

from tests.postgres import Cluster, throwaway_cluster


class Place(Protocol):
    """Where the queue is while it is being struck."""

    url: str
    can_restart: bool

    def restart(self) -> None:
        """Crash the database and bring it back."""


class File:
    """SQLite: there is no server that could go away."""

    can_restart = False

    def __init__(self, folder: Path) -> None:
        self.url = f"sqlite:///{folder}/chaos.sqlite3"

    def restart(self) -> None:
        raise NotImplementedError


class Server:
    """A PostgreSQL of our own, which can be crashed without asking anybody."""

    can_restart = True

    def __init__(self, cluster: Cluster) -> None:
        self.url = cluster.url
        self._cluster = cluster

    def restart(self) -> None:
        self._cluster.stop()
        self._cluster.start()


@contextmanager
def a_place(folder: Path, *, postgresql: bool) -> Iterator[Place]:
    """Make the database and remove it afterwards; PostgresMissing when there are no binaries for it."""
    if not postgresql:
        yield File(folder)
        return
    with throwaway_cluster() as cluster:
        yield Server(cluster)


@contextmanager
def a_folder() -> Iterator[Path]:
    with tempfile.TemporaryDirectory(prefix="techtree-chaos-", ignore_cleanup_errors=True) as name:
        yield Path(name)
