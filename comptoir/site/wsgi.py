"""The door through which a WSGI server enters: `comptoir.site.wsgi:application`."""

from __future__ import annotations

import os

from django.core.wsgi import get_wsgi_application

from comptoir.site import postgres

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "comptoir.site.settings")
# Each web process holds the embedded server up for itself: it may finish a request after whoever
# started it is gone.
postgres.acquire()
application = get_wsgi_application()
