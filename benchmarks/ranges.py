"""How honest the ranges of time are that learners are shown, on the real queue with a real worker.

`python -m benchmarks.ranges` takes about two minutes. Tasks of two models come alone and in bursts that overfill the
slots; each tenth fails at first. Prints how many ended within the range that was shown when they were asked for.
"""

import os
import random
import sys
import tempfile
import time
from datetime import timedelta

from benchmarks.processes import running

SLOTS = "6"
TASKS = 300
BURST = 20
MODELS = {"openai:slow": 3.0, "openai:quick": 1.2}  # median seconds
PATIENCE = 300.0


def main() -> None:
    with tempfile.TemporaryDirectory(prefix="techtree-bench-") as folder:
        os.environ.setdefault("DATABASE_URL", f"sqlite:///{folder}/bench.sqlite3")
        os.environ["DJANGO_SETTINGS_MODULE"] = "benchmarks.settings"
        os.environ["LLM_MODELS"], os.environ["OPENAI_API_KEY"] = ",".join(MODELS), "none"
        os.environ["DEBUG"] = "true"
        import django

        django.setup()
        from django.core.management import call_command

        call_command("migrate", verbosity=0)
        command = [sys.executable, "manage.py", "process_tasks", "--skip-checks"]
        with running([*command, "--concurrency", SLOTS]):
            ask(random.Random(1))
            wait_for_all()
        show()


def ask(chance: random.Random) -> None:
    """Ask for tasks as learners do: one now and then, and sometimes a whole class at once."""
    from taskqueue.enqueue import enqueue

    for number in range(TASKS):
        model = chance.choice(list(MODELS))
        data = {
            "seconds": MODELS[model] * chance.lognormvariate(0, 0.4),
            "fails": chance.random() < 0.1,
        }
        enqueue("thinking", user=None, input_data=data, model=model)
        if number // BURST % 3 < 2:
            time.sleep(chance.expovariate(2.0))


def wait_for_all() -> None:
    from taskqueue.models import AITask

    started = time.monotonic()
    while AITask.objects.active().exists():
        if time.monotonic() - started > PATIENCE:
            sys.exit("The worker does not get on with its work.")
        time.sleep(0.1)


def show() -> None:
    from django.db.models import Avg, F
    from django.utils import timezone

    from taskqueue.estimates import kept
    from taskqueue.models import AITask

    print(f"| {'model':<14} | {'shown':>6} | {'inside':>7} | {'width':>7} | {'took':>7} |")
    print(f"|{'-' * 16}|{'-' * 7}:|{'-' * 8}:|{'-' * 8}:|{'-' * 8}:|")
    for row in kept(timezone.now() - timedelta(days=1)):
        judged = AITask.objects.filter(model=row["model"], expected_at__isnull=False)
        means = judged.aggregate(
            width=Avg(F("expected_until") - F("expected_from")),
            took=Avg(F("finished_at") - F("created_at")),
        )
        inside = 100 * row["inside"] / row["shown"]
        width, took = (means[name].total_seconds() for name in ("width", "took"))
        print(
            f"| {row['model']:<14} | {row['shown']:>6} | {inside:>5.0f} % | {width:>5.1f} s | {took:>5.1f} s |"
        )


if __name__ == "__main__":
    main()
