#!/usr/bin/env python
"""Django's command line, with what an operator must mend reported as one line instead of a traceback."""

import os
import sys

from django.core.exceptions import ImproperlyConfigured
from django.core.management import execute_from_command_line
from django.db import DatabaseError

from core.outage import problem_with_database


def main() -> None:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
    try:
        execute_from_command_line(sys.argv)
    except ImproperlyConfigured as error:
        sys.exit(f"techtree: {error}")
    except DatabaseError as error:
        problem = problem_with_database(error)
        if not problem or "--traceback" in sys.argv:
            raise
        sys.exit(f"techtree: {problem}")


if __name__ == "__main__":
    main()
