"""The door through which a WSGI server enters: `comptoir.site.wsgi:application`."""

from __future__ import annotations

import gc
import multiprocessing
import os
import signal

from django.core.wsgi import get_wsgi_application

from comptoir.site import lifeline, postgres

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "comptoir.site.settings")
if multiprocessing.parent_process() is not None:
    # A worker whose server is killed outright would keep the port and the database for ever.
    lifeline.follow_parent(signal.SIGTERM)
# Each web process holds the embedded server up for itself: it may finish a request after whoever
# started it is gone.
postgres.acquire()
application = get_wsgi_application()
# What is loaded by now lives as long as the process: the collector need not look at it every time.
gc.collect()
gc.freeze()
