"""Background work: the waiting list, appointments of offices that ended, and what is done every night."""

from __future__ import annotations

import logging
import secrets
from datetime import timedelta

from procrastinate.contrib.django import app

from comptoir.liaison.actions import (
    closing,
    counting,
    locking,
    offering,
    projecting,
    waiting_rounds,
)
from comptoir.liaison.queries import days, waiting
from comptoir.ui import clock

logger = logging.getLogger(__name__)

MOST_CANCELLED = 200
"""How many appointments one run cancels; the next comes in five minutes."""

MOST_ENDED = 200
"""How many entries of the waiting list one round ends; the next comes within the minute."""

SEED_BITS = 31

RECOUNTED = timedelta(weeks=5)
"""How far back the nightly recount looks: what is older no longer changes."""


@app.periodic(cron="*/5 * * * *")
@app.task(name="liaison.cancel_ended", queueing_lock="liaison.cancel_ended")
def cancel_for_ended_offices(timestamp: int) -> None:
    """Free the time that offices no longer active had booked."""
    cancelled = closing.cancel_for_ended_offices(most=MOST_CANCELLED, now=clock.now())
    if cancelled:
        logger.info("%s appointments of offices that ended were cancelled", cancelled)


@app.task(name=offering.ROUND)
def waiting_round() -> None:
    """See to the waiting list now: deferred for when an offer is made and for when it ends."""
    see_to_the_waiting_list()


@app.periodic(cron="* * * * *")
@app.task(name="liaison.waiting_each_minute", queueing_lock="liaison.waiting_each_minute")
def waiting_each_minute(timestamp: int) -> None:
    """The same every minute: what the clock has released, and what a lost job would have done."""
    see_to_the_waiting_list()


def see_to_the_waiting_list() -> None:
    """Book what need not be asked, draw, end what is over, and offer what is free on each day."""
    now = clock.now()
    seed = secrets.randbits(SEED_BITS)
    waiting_rounds.draw_due(now=now, seed=seed)
    waiting_rounds.end_what_is_over(most=MOST_ENDED, now=now)
    for on in waiting.dates_waited_for(now, days.bookable_dates(days.load_rules(), now)):
        try:
            waiting_rounds.serve_day(on=on, now=now)
        except locking.DayBusy:
            logger.warning("A busy day: who waits for %s is served in the next round", on)
    waiting_rounds.take_automatic_offers(now=now, seed=seed)


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


@app.periodic(cron="37 8 * * *")
@app.task(name="liaison.project_chances", queueing_lock="liaison.project_chances")
def project_chances(timestamp: int) -> None:
    """Estimate for tomorrow how many offices come, so that so many floors are kept."""
    made = projecting.project(now=clock.now())
    if made is not None:
        expected = sum(row.chance for row in made.allowances.all())
        logger.info("For %s it is expected that %.1f offices come", made.valid_from, expected)
