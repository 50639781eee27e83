"""Background work of the whole house: what is due to be disposed of goes every night."""

from __future__ import annotations

import logging

from procrastinate.contrib.django import app

from comptoir.site import disposal
from comptoir.ui import clock

logger = logging.getLogger(__name__)


# In UTC: in the small hours at the centre, apart from the other nightly work.
@app.periodic(cron="41 7 * * *")
@app.task(name="site.dispose", queueing_lock="site.dispose")
def dispose(timestamp: int) -> None:
    """Dispose of what is due. Running it twice changes nothing."""
    done = disposal.dispose(clock.now())
    logger.info("Disposed of: %s", dict(+done) or "nothing")
