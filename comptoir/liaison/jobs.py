"""Background work: appointments of offices that ended, and the nightly recount."""

from __future__ import annotations

import logging
from datetime import timedelta

from procrastinate.contrib.django import app

from comptoir.liaison.actions import closing, counting
from comptoir.ui import clock

logger = logging.getLogger(__name__)

MOST_CANCELLED = 200
"""How many appointments one run cancels; the next comes in five minutes."""

RECOUNTED = timedelta(weeks=5)
"""How far back the nightly recount looks: what is older no longer changes."""


@app.periodic(cron="*/5 * * * *")
@app.task(name="liaison.cancel_ended", queueing_lock="liaison.cancel_ended")
def cancel_for_ended_offices(timestamp: int) -> None:
    """Free the time that offices no longer active had booked."""
    cancelled = closing.cancel_for_ended_offices(most=MOST_CANCELLED, now=clock.now())
    if cancelled:
        logger.info("%s appointments of offices that ended were cancelled", cancelled)


# In the small hours of Montréal, whatever its offset.
@app.periodic(cron="17 8 * * *")
@app.task(name="liaison.recount", queueing_lock="liaison.recount")
def recount(timestamp: int) -> None:
    """Report every counter and every claim that does not say what the appointments say."""
    differences, adrift = counting.check(back=RECOUNTED, now=clock.now())
    for difference in differences:
        logger.error(
            "Counters of office %s in the week of %s say %s, the appointments say %s",
            difference.office_id,
            difference.week,
            difference.counted,
            difference.recounted,
        )
    for appointment in adrift:
        logger.error("Appointment %s does not hold the time its status says", appointment.pk)
