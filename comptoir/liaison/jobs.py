"""Background work: the waiting list, offices that ended, what is to be confirmed, and what is done every night."""

from __future__ import annotations

import logging
from collections.abc import Callable
from datetime import timedelta
from functools import partial

from django.db import OperationalError
from procrastinate.contrib.django import app

from comptoir.liaison.actions import (
    closing,
    confirming,
    contacts,
    counting,
    locking,
    offering,
    opening,
    projecting,
    reliability,
    waiting_rounds,
)
from comptoir.liaison.queries import days, horizon, waiting
from comptoir.ui import clock
from comptoir.ui.seeds import new_seed

logger = logging.getLogger(__name__)

MOST_CANCELLED = 200
"""How many appointments one run cancels; the next comes in five minutes."""

MOST_AT_ONCE = 200
"""How much of one kind a round of the waiting list does; the next comes within the minute."""

MOST_ASKED = 500
"""How many notices that ask for a confirmation one run queues."""


RECOUNTED = timedelta(weeks=5)
"""How far back the nightly recount looks: what is older no longer changes."""

TOLD_AGAIN = timedelta(days=2)
"""How far back the ledger of contacts is told every hour; at night as far as is recounted."""


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
    """Open the day that is due, draw, end what is over, offer what is free on each day, and book what
    need not be asked. What one day or one step cannot do at this moment keeps no other from being done.
    """
    now = clock.now()
    seed = new_seed()
    rules = days.load_rules()
    opens = horizon.opens_today(rules.policy(clock.service_date(now)), now)
    for on in waiting.days_to_draw(opens, now):
        _try(partial(opening.draw_day, on=on, now=now, seed=seed))
    _try(partial(waiting_rounds.draw_due, most=MOST_AT_ONCE, now=now, seed=seed))
    _try(partial(waiting_rounds.end_what_is_over, most=MOST_AT_ONCE, now=now))
    for on in waiting.dates_waited_for(now, days.bookable_dates(rules, now)):
        _try(partial(offering.serve_day, on=on, now=now))
    _try(partial(waiting_rounds.take_automatic_offers, most=MOST_AT_ONCE, now=now, seed=seed))


def _try(step: Callable[[], object]) -> None:
    try:
        step()
    except (locking.DayBusy, OperationalError):
        logger.warning("The waiting list: a step waits for the next round", exc_info=True)


@app.periodic(cron="* * * * *")
@app.task(name="liaison.release_unconfirmed", queueing_lock="liaison.release_unconfirmed")
def release_unconfirmed(timestamp: int) -> None:
    """Ask for what is to be confirmed, and free what was not confirmed in time."""
    now = clock.now()
    confirming.ask(most=MOST_ASKED, now=now)
    released = confirming.release_unconfirmed(most=MOST_CANCELLED, now=now)
    if released:
        logger.info("%s appointments that nobody confirmed were released", released)


# In the small hours of Montréal, whatever its offset, as the recount below.
@app.periodic(cron="37 8 * * *")
@app.task(name="liaison.review_reliability", queueing_lock="liaison.review_reliability")
def review_reliability(timestamp: int) -> None:
    """Ask offices with a pattern of late losses to confirm, and end that where it is over."""
    reviewed = reliability.review(now=clock.now())
    if reviewed.set or reviewed.ended:
        logger.info("%s flags set, %s flags ended", reviewed.set, reviewed.ended)


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


@app.periodic(cron="7 * * * *")
@app.task(name="liaison.tell_contacts", queueing_lock="liaison.tell_contacts")
def tell_contacts(timestamp: int) -> None:
    """Tell the ledger of contacts what happened with appointments."""
    contacts.tell(since=clock.now() - TOLD_AGAIN)


# In the small hours of Montréal, whatever its offset.
@app.periodic(cron="47 8 * * *")
@app.task(name="liaison.tell_contacts_again", queueing_lock="liaison.tell_contacts_again")
def tell_contacts_again(timestamp: int) -> None:
    """The same for all that still changes: what an outage of days has kept from the ledger."""
    late = contacts.tell(since=clock.now() - RECOUNTED)
    if late:
        logger.info("The ledger of contacts was told of %s appointments", late)
