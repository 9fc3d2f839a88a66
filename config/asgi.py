"""The ASGI entry point, for uvicorn: pages in a few threads, streams in none."""

import os

from django.conf import settings
from django.core.wsgi import get_wsgi_application

from core.bridge import Bridge

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")

# No view waits for anything but the database. Three threads and the streams' own one hold four connections.
THREADS = 3

pages = Bridge(
    get_wsgi_application(), threads=THREADS, longest_body=settings.DATA_UPLOAD_MAX_MEMORY_SIZE
)

from taskqueue.streaming.application import Streams  # noqa: E402  (once Django is set up)

application = Streams(pages)
