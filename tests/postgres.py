"""A throwaway PostgreSQL for one command: `python -m tests.postgres python -m pytest`.

Uses TEST_POSTGRES_URL when it is set, else starts a cluster from the binaries on the machine, as an unprivileged
account when root asks. The command finds the database in TEST_DATABASE_URL.
"""

import os
import pwd
import shutil
import socket
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

ENABLE = "PostgreSQL is missing; to test on it: apt-get install postgresql"


class PostgresMissing(Exception):
    """There is no PostgreSQL on this machine and none was named."""


def find_binaries() -> Path:
    """Return the folder of initdb and pg_ctl; PostgresMissing says how to get them."""
    found = shutil.which("initdb")
    if found:
        return Path(found).parent
    versions = sorted(Path("/usr/lib/postgresql").glob("*/bin/initdb"))
    if not versions:
        raise PostgresMissing(ENABLE)
    return versions[-1].parent


class Cluster:
    """A cluster in a temporary folder, on a free port of the loopback."""

    def __init__(self, folder: Path, binaries: Path, *, fsync: bool) -> None:
        self._data = folder / "data"
        self._log = folder / "log"
        self._binaries = binaries
        self._fsync = fsync
        self._account = unprivileged_account()
        self.port = free_port()
        if self._account:
            shutil.chown(folder, self._account)
        self._run("initdb", "--auth=trust", "--username=techtree", "--no-sync", "--encoding=UTF8")

    @property
    def url(self) -> str:
        return f"postgres://techtree@127.0.0.1:{self.port}/postgres"

    def start(self) -> None:
        options = f"-p {self.port} -c listen_addresses=127.0.0.1 -c unix_socket_directories=''"
        options += "" if self._fsync else " -c fsync=off"
        self._run("pg_ctl", "start", "--wait", f"--log={self._log}", "-o", options)

    def stop(self) -> None:
        self._run("pg_ctl", "stop", "--mode=immediate")

    def _run(self, program: str, *arguments: str) -> None:
        command = [str(self._binaries / program), f"--pgdata={self._data}", *arguments]
        if self._account:
            command = ["runuser", "-u", self._account, "--", *command]
        done = subprocess.run(
            command, cwd="/", stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True
        )
        if done.returncode:
            raise RuntimeError(f"{program} failed: {done.stderr.strip()}")


def unprivileged_account() -> str | None:
    """Return the account a server runs as when root asks, for PostgreSQL refuses to run as root."""
    if os.geteuid() != 0:
        return None
    for name in ("postgres", "nobody"):
        try:
            return pwd.getpwnam(name).pw_name
        except KeyError:
            continue
    raise PostgresMissing("No unprivileged account to run PostgreSQL as.")


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@contextmanager
def throwaway_cluster(*, fsync: bool = False) -> Iterator[Cluster]:
    """Start a cluster and remove it afterwards; PostgresMissing when there are no binaries.

    Without `fsync` it is fast and would not survive a power cut.
    """
    binaries = find_binaries()
    with tempfile.TemporaryDirectory(
        prefix="techtree-postgres-", ignore_cleanup_errors=True
    ) as name:
        cluster = Cluster(Path(name), binaries, fsync=fsync)
        cluster.start()
        try:
            yield cluster
        finally:
            cluster.stop()


def main(command: list[str]) -> int:
    """Run `command` with a database; in CI a missing PostgreSQL is a failure, elsewhere it is said and skipped."""
    if url := os.environ.get("TEST_POSTGRES_URL"):
        return run_with(command, url)
    try:
        with throwaway_cluster() as cluster:
            return run_with(command, cluster.url)
    except PostgresMissing as missing:
        print(f"skipped: {missing}", file=sys.stderr)  # noqa: T201
        return 1 if os.environ.get("CI") else 0


def run_with(command: list[str], url: str) -> int:
    return subprocess.run(command, env={**os.environ, "TEST_DATABASE_URL": url}).returncode


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
