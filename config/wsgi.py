"""The WSGI entry point, for servers that speak nothing else: there, readers of a stream come back for more."""

import os

from django.core.wsgi import get_wsgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")

application = get_wsgi_application()
