"""Background work: every hour the days up to the horizon are published, and put right if need be."""

from __future__ import annotations

import logging

from procrastinate.contrib.django import app

from comptoir.roster.actions import publishing
from comptoir.ui import clock

logger = logging.getLogger(__name__)


# A few minutes past the hour: soon after midnight on the centre's clock, whatever its offset.
@app.periodic(cron="4 * * * *")
@app.task(name="roster.publish_horizon", queueing_lock="roster.publish_horizon")
def publish_horizon(timestamp: int) -> None:
    """Publish the day that has come within reach. Running it twice changes nothing."""
    publications = publishing.publish_horizon(by=None, now=clock.now())
    changed = sum(publication.changed for publication in publications)
    logger.info("%s days published, %s of them changed", len(publications), changed)
