"""manage.py of a worker that knows the tests' own types of task."""

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
    execute_from_command_line(sys.argv)
