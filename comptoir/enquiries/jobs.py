"""The room's background work: due dates beside today's calendar, loans that end, sunsets that come near."""

from __future__ import annotations

import logging

from procrastinate.contrib.django import app

from comptoir.enquiries.actions import clocks, lending, telling
from comptoir.enquiries.queries import promises, running
from comptoir.ui import clock

logger = logging.getLogger(__name__)

BATCH = 500
"""Clocks that are computed anew in one transaction."""


@app.periodic(cron="*/15 * * * *")
@app.task(name="enquiries.follow_calendar", queueing_lock="enquiries.follow_calendar")
def follow_calendar(timestamp: int) -> None:
    """Compute anew what was computed by another calendar: a holiday was announced, or taken back."""
    calendars = promises.Calendars()
    seen = moved = 0
    waiting = list(running.of_another_calendar(calendars))
    for place in range(0, len(waiting), BATCH):
        keys = waiting[place : place + BATCH]
        moved += len(clocks.follow_calendar(keys=keys, calendars=calendars, now=clock.now()))
        seen += len(keys)
    if seen:
        logger.info("%s running clocks follow another calendar, %s due dates moved", seen, moved)


# In the small hours of Montréal, whatever its offset.
@app.periodic(cron="47 8 * * *")
@app.task(name="enquiries.check_clocks", queueing_lock="enquiries.check_clocks")
def check_clocks(timestamp: int) -> None:
    """Report every running clock whose due date is not what the rule gives. Nothing is changed."""
    found = 0
    for difference in running.differences(promises.Calendars()):
        found += 1
        logger.error(
            "Clock %s of enquiry %s is due %s, the rule gives %s",
            difference.clock,
            difference.reference,
            difference.due_at.isoformat(),
            difference.should_be.isoformat(),
        )
    logger.info("%s running clocks differ from the rule", found)


@app.periodic(cron="12 * * * *")
@app.task(name="enquiries.return_staff", queueing_lock="enquiries.return_staff")
def return_staff(timestamp: int) -> None:
    """Let those go home whose loan to a crisis line is over."""
    returned = lending.return_due(now=clock.now())
    if returned:
        logger.info("%s loans to crisis lines ended", returned)


@app.periodic(cron="22 13 * * *")
@app.task(name="enquiries.warn_of_sunset", queueing_lock="enquiries.warn_of_sunset")
def warn_of_sunset(timestamp: int) -> None:
    """Tell team leads once of each crisis line whose sunset is a week away or less."""
    telling.sunsets(now=clock.now())
