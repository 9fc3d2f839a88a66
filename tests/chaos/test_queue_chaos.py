"""A short performance, through the command, on the database under test."""

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest
from django.db import connection

from chaos.plan import OTHERS, plan
from tests.postgres import PostgresMissing, find_binaries

ROOT = Path(__file__).resolve().parents[2]


def perform(*arguments, name="queue_chaos"):
    """Call the command as an operator would, for whom another database is configured."""
    command = [sys.executable, "manage.py", name, *arguments]
    environment = {**os.environ, "DATABASE_URL": "postgres://nobody@127.0.0.1:1/learners"}
    return subprocess.run(
        command, cwd=ROOT, env=environment, capture_output=True, text=True, timeout=150
    )


@pytest.fixture
def database():
    """The option for the database under test; of that kind, for a performance has one of its own."""
    if connection.vendor == "sqlite":
        return []
    try:
        find_binaries()
    except PostgresMissing as missing:
        pytest.skip(str(missing))
    return ["--postgresql"]


def test_nothing_is_lost(database):
    done = perform("--seed=7", "--rounds=1", "--kills=5", *database)

    assert done.returncode == 0, done.stdout + done.stderr
    counts = dict(re.findall(r"^(\D+?) +(\d+)$", done.stdout, re.MULTILINE))
    assert set(counts.values()) == {"0"}
    assert {"tasks lost", "results committed twice", "false rescues"} <= set(counts)
    assert int(re.search(r"^(\d+) tasks,", done.stdout, re.MULTILINE)[1]) >= 10
    assert int(re.search(r"(\d+) worker processes", done.stdout)[1]) >= 3 + 5


def test_the_same_seed_is_the_same_plan():
    first, again, other = (perform("--plan", f"--seed={seed}") for seed in (3, 3, 4))

    assert first.stdout == again.stdout != other.stdout
    assert first.stdout.count("kill") == 50


def test_a_plan_has_every_kind_of_blow():
    kinds = {blow.kind for blow in plan(1, 1, 5, lease=5, restarts=True)}

    assert kinds == {"kill", *OTHERS}
    assert "restart" not in {blow.kind for blow in plan(1, 1, 5, lease=5, restarts=False)}
