"""manage.py, or `celery`, of a worker that knows the tests' own types of task."""

import os
import sys
from dataclasses import replace

if __name__ == "__main__":
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
    import django
    from django.core.management import execute_from_command_line

    django.setup()
    from taskqueue.registry import REGISTRY
    from tests.taskqueue.engine.work import SPECS

    REGISTRY.update(SPECS)
    if "BROKEN_TYPE" in os.environ:
        broken = replace(SPECS["note"], processor="tests.taskqueue.broken_module.work")
        REGISTRY["broken"] = broken
    if sys.argv[1] == "celery":
        from celery.bin.celery import main

        sys.argv[1:] = ["-A", "config", *sys.argv[2:]]
        sys.exit(main())
    execute_from_command_line(sys.argv)
