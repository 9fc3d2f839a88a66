"""The ASGI entry point, for uvicorn: pages in a few threads, streams in none."""

import os
from typing import Any, cast

from a2wsgi import WSGIMiddleware
from django.core.wsgi import get_wsgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")

# No view waits for anything but the database. Three threads and the streams' own one hold four connections.
THREADS = 3

pages: Any = WSGIMiddleware(cast(Any, get_wsgi_application()), workers=THREADS)

from taskqueue.streaming.application import Streams  # noqa: E402  (once Django is set up)

application = Streams(pages)
