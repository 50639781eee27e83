"""Loading the whole world, in one transaction, into a database that holds nothing yet."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, time, timedelta
from random import Random
from zoneinfo import ZoneInfo

from django.conf import settings
from django.core.management.color import no_style
from django.db import connection, transaction

from comptoir.demonstration import (
    centre,
    crisis,
    demand,
    enquiries,
    mails,
    offices,
    people,
    policy,
    texts,
)
from comptoir.demonstration.bookings import Play
from comptoir.demonstration.calendar import Calendar
from comptoir.demonstration.centre import Dates
from comptoir.demonstration.names import Namer
from comptoir.demonstration.people import Staff
from comptoir.demonstration.scale import FULL, Scale
from comptoir.demonstration.writing import Parties, Writer
from comptoir.domain import business_days
from comptoir.liaison.models import Policy
from comptoir.liaison.queries import days
from comptoir.people.models import Office, Person
from comptoir.roster import queries as roster
from comptoir.roster.models import Professional, ServiceDay
from comptoir.ui import clock

SEED = 20221031
"""The day the service opened."""


RAMP = timedelta(days=60)
"""How long before the first day of service things began."""


class NotEmpty(Exception):
    """The database holds people, offices or days already: invented ones are never mixed in."""


class Production(Exception):
    """The house is in production: invented people have no place there."""


def is_empty() -> bool:
    """Whether nothing was entered yet."""
    return not any(model.objects.exists() for model in (Person, Office, ServiceDay, Policy))


@transaction.atomic
def load(*, now: datetime, seed: int = SEED, scale: Scale = FULL) -> None:
    """Fill an empty database; the same seed and moment give the same world.

    Raises NotEmpty, Production.
    """
    if settings.PRODUCTION:
        raise Production
    if not is_empty():
        raise NotEmpty
    rng = Random(seed)
    dates = _dates(scale, now)
    opened_at = centre.at(dates.first - RAMP, time(9))
    namer = Namer(rng)
    people.reserve_cast(namer)
    staff = people.make_staff(scale.full_time + scale.part_time, namer, since=opened_at)
    made, demands = offices.make(scale, namer, rng, opened_at=opened_at)
    teams = people.make_delegates(
        made,
        demands,
        scale.delegates,
        namer,
        rng,
        by=staff.administrator,
        since=opened_at,
        now=now,
    )
    rule = policy.make(
        valid_from=dates.first,
        created_at=centre.at(dates.first - timedelta(days=30), time(10)),
        by=staff.policy_owner,
    )
    professionals = centre.make_professionals(scale, staff, rng, dates)
    _continue_keys()
    centre.make_closed_day(dates, staff.team_lead)
    dates = replace(dates, closed=roster.closed_days(dates.first - RAMP, dates.last))
    centre.make_absences(professionals, dates, staff.team_lead, rng)
    centre.make_extra_hours(professionals, made, dates, staff, now=now)
    published = centre.publish(dates, staff.team_lead, rule.horizon_business_days, now=now)
    calendar = Calendar(published, days.as_rule(rule), dates.closed)
    play = Play(
        calendar, [ZoneInfo(office.time_zone) for office in made], [o.pk for o in made], rng
    )
    wishes = demand.wishes(scale, made, [len(team) for team in teams], demands, dates, rng, now=now)
    play.run(wishes, now)
    parties = Parties(made, teams, {one.pk: one for one in professionals})
    writer = Writer(parties, calendar, rule, dates, rng)
    writer.write(play)
    writer.write_reminders(now)
    _open_the_window(scale, staff, namer, made, now=now, seed=seed)
    policy.set_next(current=rule, by=staff.policy_owner, now=now)


def _open_the_window(
    scale: Scale, staff: Staff, namer: Namer, made: Sequence[Office], *, now: datetime, seed: int
) -> None:
    """What the public asked, who answers it and with which texts, and the mail that was set aside."""
    enquiries.make(scale, staff, namer, made, now=now, seed=seed)
    crisis.make(scale, staff, namer, now=now, seed=seed)
    mails.make(namer, now=now)
    texts.make(staff.team_lead, now=now)


def _continue_keys() -> None:
    """Have the database number professionals after those that brought their own keys."""
    with connection.cursor() as cursor:
        for statement in connection.ops.sequence_reset_sql(no_style(), [Professional]):
            cursor.execute(statement)


def _dates(scale: Scale, now: datetime) -> Dates:
    """From the Monday some weeks ago to the last day that publishing ahead would reach."""
    today = clock.service_date(now)
    first = business_days.monday_of(today) - timedelta(weeks=scale.weeks)
    last = roster.horizon(today, settings.SERVICE_PUBLISHED_DAYS)
    return Dates(first, today, last, roster.closed_days(first - RAMP, last))
