"""The ASGI entry point, for uvicorn: pages in a few threads, streams in none."""

from django.conf import settings

from config import wsgi  # sets Django up, so it comes before what has models
from core.bridge import Bridge
from taskqueue.streaming.application import Streams

# No view waits for anything but the database. Three threads and the streams' own one hold four connections.
THREADS = 3

pages = Bridge(wsgi.application, threads=THREADS, longest_body=settings.DATA_UPLOAD_MAX_MEMORY_SIZE)
application = Streams(pages)
