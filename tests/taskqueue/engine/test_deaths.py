"""What a worker held when it died is taken up by others, as another attempt, and only when it did die."""

import signal

from background_task.models import Task

from taskqueue.engine.claiming import LAST_CHANCE
from taskqueue.models import Worker
from tests.taskqueue.engine.conftest import until


def test_a_killed_workers_task_runs_again(workers, put):
    waiting = put("wait")
    first = workers.start("--skip-checks")
    until(lambda: waiting.left(1))
    workers.start("--skip-checks")
    until(lambda: Worker.objects.count() == 2)

    first.kill()

    until(lambda: waiting.left(2))
    assert waiting.pid(2) != waiting.pid(1)
    waiting.go()
    until(waiting.is_("completed"))
    assert (waiting.now().result, waiting.now().attempt) == ({"attempt": 2}, 2)
    assert not Task.objects.filter(repeat=Task.NEVER).exists()
    assert Worker.objects.get().pid == waiting.pid(2)


def test_a_new_worker_takes_up_what_the_last_one_left(workers, put):
    waiting = put("wait")
    first = workers.start("--skip-checks")
    until(lambda: waiting.left(1))
    first.kill()
    first.wait()

    workers.start("--skip-checks")

    until(lambda: waiting.left(2))


def test_another_hosts_silence_ends_its_lease(workers, put):
    waiting = put("wait")
    first = workers.start("--skip-checks")
    until(lambda: waiting.left(1))
    Worker.objects.update(machine="another host")
    workers.start("--skip-checks")
    until(lambda: Worker.objects.count() == 2)

    first.kill()

    until(lambda: waiting.left(2))


def test_a_frozen_worker_loses_its_task_saves_nothing_and_goes_on(workers, put):
    stuck = put("stuck")
    first = workers.start("--skip-checks", "--concurrency", "2")
    until(lambda: stuck.left(1))
    first.send_signal(signal.SIGSTOP)
    second = workers.start("--skip-checks")
    until(lambda: stuck.left(2))
    stuck.go()
    until(stuck.is_("completed"))
    second.send_signal(signal.SIGTERM)
    assert second.wait() == 0

    first.send_signal(signal.SIGCONT)

    until(lambda: stuck.left("1-over"))
    until(lambda: Worker.objects.filter(pid=first.pid).exists())
    assert stuck.now().result == {"attempt": 2}
    after = put("note")
    until(after.is_("completed"))
    assert after.pid(1) == first.pid
    assert "taken for dead" in workers.said()


def test_work_that_kills_every_worker_is_buried(workers, put):
    deadly, harmless = put("deadly", deaths=99), put("note")

    for _ in range(3):
        workers.start("--skip-checks").wait()
    workers.start("--skip-checks")

    until(deadly.is_("failed"))
    task = deadly.now()
    assert (task.attempt, task.error_code) == (3, "interrupted")
    assert "every time it was tried" in task.error
    until(harmless.is_("completed"))
    assert not Task.objects.filter(repeat=Task.NEVER).exists()


def test_on_their_last_chance_suspects_run_one_at_a_time(workers, put):
    suspects = [put("stuck", n=n) for n in range(3)]
    Task.objects.update(last_error=LAST_CHANCE)
    free = put("note")

    workers.start("--skip-checks")

    until(free.is_("completed"))
    until(lambda: any(suspect.left(1) for suspect in suspects))
    assert sum(suspect.now().status == "processing" for suspect in suspects) == 1
    suspects[0].go()
    until(lambda: not Task.objects.filter(repeat=Task.NEVER).exists())
    assert all(suspect.now().status == "completed" for suspect in suspects)


def test_a_worker_whose_row_was_deleted_writes_another(workers, put):
    worker = workers.start("--skip-checks", "--sleep", "0.1")
    until(lambda: Worker.objects.exists())

    Worker.objects.all().delete()
    task = put("note")

    until(lambda: Worker.objects.filter(pid=worker.pid).exists())
    until(task.is_("completed"))


def test_a_drain_takes_up_what_the_dead_left(workers, put):
    deadly = put("deadly", deaths=1)
    workers.start("--skip-checks").wait()

    workers.start("--skip-checks", "--drain").wait()

    assert deadly.now().status == "completed"
    assert deadly.now().attempt == 2
