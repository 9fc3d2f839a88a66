"""What the process from which workers are forked has loaded: a thousand of them have to start soon."""

import os

import django

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
django.setup()

from taskqueue.registry import REGISTRY  # noqa: E402

for spec in REGISTRY.values():
    spec.load_processor()
