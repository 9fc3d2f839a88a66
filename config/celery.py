"""`celery -A config worker`: for organisations that already operate Celery."""

import os
import sys

import django
from django.conf import settings
from django.core.exceptions import ImproperlyConfigured

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
try:
    django.setup()
    if settings.TASKQUEUE_ENGINE != "celery":
        raise ImproperlyConfigured("TASKQUEUE_ENGINE must be celery for a Celery worker.")
except ImproperlyConfigured as error:
    sys.exit(f"techtree: {error}")

from taskqueue.celery.app import app
from taskqueue.celery.worker import equip

equip(app)
