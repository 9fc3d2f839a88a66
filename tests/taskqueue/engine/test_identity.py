"""The dead are told from the living by more than a pid."""

import os
import subprocess
import sys

import pytest

from taskqueue.engine import identity
from taskqueue.engine.identity import is_gone, this_machine, this_process
from tests.taskqueue.engine.conftest import until


@pytest.fixture
def child():
    with subprocess.Popen([sys.executable, "-c", "input()"], stdin=subprocess.PIPE) as process:
        yield process
        process.kill()


def started(pid):
    return identity._started(pid)


def test_this_process_lives():
    me = this_process()

    assert (me.pid, me.machine) == (os.getpid(), this_machine())
    assert not is_gone(me.pid, me.process)


def test_a_pid_that_is_used_again_is_another_process():
    assert is_gone(os.getpid(), "1")


def test_the_killed_are_gone_even_before_anyone_asks_for_them(child):
    process = started(child.pid)
    assert not is_gone(child.pid, process)

    child.kill()

    until(lambda: is_gone(child.pid, process))


def test_without_proc_the_pid_must_do(child, monkeypatch, tmp_path):
    monkeypatch.setattr(identity, "PROC", tmp_path)
    me = this_process()
    assert (me.process, me.machine) == ("", me.host)
    assert not is_gone(child.pid, "")

    child.kill()
    child.wait()

    assert is_gone(child.pid, "")


def test_a_process_of_somebody_else_lives(monkeypatch):
    def refuse(pid, number):
        raise PermissionError

    monkeypatch.setattr(os, "kill", refuse)

    assert not is_gone(1, "")
