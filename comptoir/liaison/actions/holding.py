"""Keeping a time for an office while somebody types: one hold per office, a few minutes."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.db import transaction

from comptoir.domain import grid
from comptoir.domain.service_day import Refused
from comptoir.liaison.actions import booking, locking, offering, searching
from comptoir.liaison.actions.booking import Wish
from comptoir.liaison.models import Hold
from comptoir.liaison.queries import days
from comptoir.people.models import Office, Person
from comptoir.ui import clock


@locking.patient
def hold_time(
    *, office: Office, wish: Wish, by: Person, now: datetime, seed: int
) -> Hold | Refused:
    """Keep the wished time for the office, in place of any other it held; refused, that other one stays.

    The rule is the booking's own, so a hold can never take what a booking could not; an office at
    its limit holds nothing. A refusal is an answer, not an error: nothing was asked to be booked. It
    is kept as a search is.
    """
    with transaction.atomic():
        on = clock.service_date(wish.starts_at)
        published, rules = locking.lock_days([on]), days.load_rules()
        offering.serve_first(published, rules=rules, now=now)
        weeks = locking.lock_weeks(office, published)
        rules = rules.of(office.pk)
        loaded = days.load_days(
            dates=[on], office=office, rules=rules, now=now, weeks=weeks.values()
        )[on]
        answer = booking.ask(loaded, office=office, wish=wish, now=now, seed=seed)
        if isinstance(answer, Refused):
            searching.note_not_kept(office=office, wish=wish, refused=answer, now=now)
            return answer
        policy = rules.policy(on)
        assert policy is not None, "without a rule nothing is admitted"
        hold = Hold(
            office=office,
            person=by,
            hours_id=loaded.hours_ids[answer.professional],
            starts_at=wish.starts_at,
            quanta=wish.quanta,
            mask=grid.bits(answer.start, wish.quanta),
            expires_at=now + timedelta(minutes=policy.hold_minutes),
        )
        # One statement, so that two of the office's people who hold different days at once, under
        # different locks, leave one hold: the later one.
        Hold.objects.bulk_create(
            [hold],
            update_conflicts=True,
            unique_fields=["office"],
            update_fields=["person", "hours", "starts_at", "quanta", "mask", "expires_at"],
        )
        return hold


def release_hold(*, office: Office) -> None:
    """Let the office's hold go, if it has one."""
    Hold.objects.filter(office=office).delete()
