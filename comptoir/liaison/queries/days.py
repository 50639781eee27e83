"""Service days as the plain values that `domain.admission` decides on.

One query brings the masks of every professional on every day asked for, less what is claimed or
held: 340 rows for two weeks. Nothing is computed twice: what a screen lists and what a booking is
judged by are loaded here.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime
from itertools import groupby
from operator import attrgetter
from typing import Any, NamedTuple

from comptoir.domain import business_days, nested, share
from comptoir.domain.grid import Grid
from comptoir.domain.service_day import Day, ProfessionalHours, Reserve, Use
from comptoir.liaison.models import Appointment, OfficeWeek, Policy
from comptoir.liaison.queries import shares
from comptoir.liaison.queries.in_force import Rules as Rules
from comptoir.liaison.queries.in_force import as_nesting as as_nesting
from comptoir.liaison.queries.in_force import as_rule as as_rule
from comptoir.liaison.queries.in_force import load_rules as load_rules
from comptoir.people.models import Office
from comptoir.roster import queries as roster
from comptoir.ui import clock, statements


@dataclass(frozen=True, slots=True)
class LoadedDay:
    """A day for the domain, and the ids that writing to it needs."""

    day: Day
    day_id: int | None = None
    hours_ids: Mapping[int, int] = field(default_factory=dict)
    held: Mapping[int, int] = field(default_factory=dict)
    """What the office itself holds, as masks by professional: one at most."""

    has_pending: bool = False
    """Whether somebody gave up late what is still charged, under a rule that refunds it."""

    def row_id(self) -> int:
        """The id of the service day's row; only a published day has one, and only such are written."""
        assert self.day_id is not None, "an admitted day is a published one"
        return self.day_id


class _Row(NamedTuple):
    pk: int
    day_id: int
    on: date
    starts: int
    """Seconds since 1970: read for every row, but a moment only once a day."""

    quanta: int
    professional_id: int
    languages: list[str]
    mask: int
    claimed: int
    held_by_others: int
    held_by_us: int
    kept_from_us: int
    kept_for_us: int


def bookable_dates(rules: Rules, now: datetime) -> list[date]:
    """Today and the business days up to the horizon of the rule in force today, oldest first.

    `rules` are those of the office that books.
    """
    today = clock.service_date(now)
    current = rules.on(today)
    return roster.days_ahead(today, current.horizon_business_days) if current is not None else []


def load_days(
    *,
    dates: Collection[date],
    office: Office,
    rules: Rules,
    now: datetime,
    excluding: Appointment | None = None,
    weeks: Iterable[OfficeWeek] = (),
    still_counted: int = 0,
    last_bookable: date | None = None,
    closed: Collection[date] | None = None,
) -> dict[date, LoadedDay]:
    """Each of `dates` as it stands for this office at `now`, under those of the `rules` that are its own.

    Who knows how far ahead may be booked, a matter of the rule in force today, passes `last_bookable`;
    who knows when the centre is closed, or will not say so, passes `closed`.
    `excluding` leaves out an appointment's claims, as if it had been given up (a move). An action
    passes the `weeks` it has locked and changed; of other weeks the office's counters are read and
    the excluded appointment is taken out of them, less the `still_counted` quanta of a late move.
    """
    rules = rules.of(office.pk)
    if last_bookable is None:
        last_bookable = _last_bookable(max(dates), rules, now)
    known = {week.week: week for week in weeks}
    if missing := {business_days.monday_of(on) for on in dates} - known.keys():
        known |= _weeks(office, missing, excluding, still_counted)
    use = {on: use_of(known.get(business_days.monday_of(on)), on) for on in dates}
    rows = {
        on: list(found)
        for on, found in groupby(_rows(dates, office, now, excluding), key=attrgetter("on"))
    }
    if closed is None:
        closed = _closed([on for on in dates if not any(row.mask for row in rows.get(on, []))])
    loaded = {
        on: _loaded(
            rows.get(on, []),
            Day(
                on=on,
                grid=Grid(datetime.combine(on, datetime.min.time(), clock.service_zone()), 0),
                rule=rules.on(on),
                last_bookable=last_bookable,
                use={office.pk: use[on]},
                first_bookable=clock.service_date(now),
                closed=on in closed,
            ),
            office,
        )
        for on in dates
    }
    return loaded | _nested(loaded, office, rules, known, now, excluding)


def _nested(
    loaded: Mapping[date, LoadedDay],
    office: Office,
    rules: Rules,
    weeks: Mapping[date, OfficeWeek],
    now: datetime,
    excluding: Appointment | None,
) -> dict[date, LoadedDay]:
    """Those of the days whose rule has nested classes, with what these need."""
    found: dict[date, LoadedDay] = {}
    by_policy: dict[Policy, list[date]] = defaultdict(list)
    for on, one in loaded.items():
        policy = rules.shared(on)
        if policy is not None and policy.nested and one.day.hours:
            by_policy[policy].append(on)
    for policy, dates in by_policy.items():
        others = shares.others(
            office=office,
            dates=dates,
            policy=policy,
            cohorts=rules.cohorts,
            now=now,
            excluding=excluding,
        )
        for on in dates:
            week = weeks.get(business_days.monday_of(on))
            day = _with_shares(loaded[on].day, office, others[on], week, now, excluding)
            has_pending = others[on].row.has_pending
            found[on] = replace(loaded[on], day=day, has_pending=has_pending)
    return found


def _with_shares(
    day: Day,
    office: Office,
    others: shares.Others,
    week: OfficeWeek | None,
    now: datetime,
    excluding: Appointment | None,
) -> Day:
    """The day with what it owes; what the office itself is owed follows from the counters given here."""
    assert day.rule is not None, "only a rule has classes"
    assert day.rule.nesting is not None, "only a rule with classes keeps anything"
    nesting, use = day.rule.nesting, day.use[office.pk]
    own = use.day == 0 and use.week + nesting.floor <= day.rule.week_limit
    own = own and not (week is not None and week.floor_gone[day.on.weekday()])
    gives_up = excluding is not None and day.on == clock.service_date(excluding.starts_at)
    if own and gives_up and nesting.floor > 1:
        # A single quarter hour is always there: what is given up is one.
        fit = nested.floors_fit(day, nesting, now)
        own = share.is_given_back(nesting.floor, fit, others.row.offices)
    allowance = others.row.allowance or 0
    return replace(
        day,
        owed=others.owed(own=own, allowance_left=max(0, allowance - use.week)),
        shares={office.pk: others.share(own=own)},
        released_at=others.released_at(nesting),
    )


def _closed(without_hours: Sequence[date]) -> frozenset[date]:
    """Those of the days without hours on which the centre is closed. The calendar is read for them only."""
    if not without_hours:
        return frozenset()
    entered = roster.closed_days(min(without_hours), max(without_hours))
    return frozenset(on for on in without_hours if not business_days.is_business_day(on, entered))


def _last_bookable(asked: date, rules: Rules, now: datetime) -> date:
    """The horizon, or a day no later that already admits `asked`.

    Closed days only push the horizon further away: a day within so many weekdays is within so many
    business days, and the calendar need not be read to know it.
    """
    today = clock.service_date(now)
    current = rules.on(today)
    if current is None:
        return today
    without_closures = business_days.add(today, current.horizon_business_days, frozenset())
    if asked <= without_closures:
        return without_closures
    return roster.horizon(today, current.horizon_business_days)


def _reserves(row: _Row, office: Office) -> tuple[Reserve, ...]:
    """What is kept for others, and for this office: neither is anybody's."""
    kept = (
        Reserve(row.kept_from_us, frozenset()),
        Reserve(row.kept_for_us, frozenset({office.pk})),
    )
    return tuple(one for one in kept if one.mask)


def _loaded(rows: list[_Row], day: Day, office: Office) -> LoadedDay:
    """The day with its hours, if it has any."""
    if not rows:
        return LoadedDay(day)
    hours = tuple(
        ProfessionalHours(
            professional=row.professional_id,
            languages=frozenset(row.languages),
            offered=row.mask,
            taken=row.claimed | row.held_by_others,
            reserves=_reserves(row, office),
        )
        for row in rows
    )
    starts_at = datetime.fromtimestamp(rows[0].starts, UTC)
    return LoadedDay(
        replace(day, grid=Grid(starts_at, rows[0].quanta), hours=hours),
        rows[0].day_id,
        hours_ids={row.professional_id: row.pk for row in rows},
        held={row.professional_id: row.held_by_us for row in rows if row.held_by_us},
    )


# Written out, because the ORM takes longer to compose it than PostgreSQL to answer it, and every
# booking waits for it under the day's lock (docs/adr/0002). Claims, holds and reserves are gathered once
# for all hours: one look at a table, even by a plan that was made when it was empty. Who takes
# appointments is asked as in `Professional.objects.serving`: whoever was shut out since the last
# publication, or will not be there any more on that day, is not sold. `OFFSET 0` has it asked of each
# professional by key, not of everybody there is.
_HOURS = """
WITH offered AS MATERIALIZED (
    SELECT hours.id, hours.day_id, day.on, extract(epoch FROM day.starts_at)::bigint AS starts,
           day.quanta, hours.professional_id, professional.languages, hours.mask
      FROM roster_serviceday day
      JOIN roster_offeredhours hours ON hours.day_id = day.id
      JOIN roster_professional professional ON professional.id = hours.professional_id
     WHERE day.on = ANY(%(dates)s) AND professional.active
       AND EXISTS (
           SELECT 1
             FROM people_grant held
             JOIN people_person person ON person.id = held.person_id
            WHERE held.person_id = professional.person_id AND person.is_active
              AND held.role = 'professional' AND held.starts_at <= %(now)s
              AND (held.ends_at IS NULL OR held.ends_at > GREATEST(%(now)s, day.starts_at))
           OFFSET 0)),
claimed AS (
    SELECT hours_id, bit_or(bit) AS mask
      FROM liaison_claim
     WHERE hours_id = ANY(ARRAY(SELECT id FROM offered))
       AND appointment_id IS DISTINCT FROM %(excluding)s
     GROUP BY hours_id),
held AS (
    SELECT hours_id,
           bit_or(mask) FILTER (WHERE office_id <> %(office)s) AS by_others,
           bit_or(mask) FILTER (WHERE office_id = %(office)s) AS by_us
      FROM liaison_hold
     WHERE hours_id = ANY(ARRAY(SELECT id FROM offered)) AND expires_at > %(now)s
     GROUP BY hours_id),
kept AS (
    SELECT hours_id,
           bit_or(mask) FILTER (WHERE NOT offices @> ARRAY[%(office)s]::bigint[]) AS from_us,
           bit_or(mask) FILTER (WHERE offices @> ARRAY[%(office)s]::bigint[]) AS for_us
      FROM roster_reservedhours
     WHERE hours_id = ANY(ARRAY(SELECT id FROM offered)) AND offices <> '{}'
     GROUP BY hours_id)
SELECT offered.*, COALESCE(claimed.mask, 0), COALESCE(held.by_others, 0), COALESCE(held.by_us, 0),
       COALESCE(kept.from_us, 0), COALESCE(kept.for_us, 0)
  FROM offered
  LEFT JOIN claimed ON claimed.hours_id = offered.id
  LEFT JOIN held ON held.hours_id = offered.id
  LEFT JOIN kept ON kept.hours_id = offered.id
 ORDER BY offered.on, offered.professional_id
"""


def _rows(
    dates: Collection[date], office: Office, now: datetime, excluding: Appointment | None
) -> list[_Row]:
    """What each professional offers on each date, what is taken, held, or kept for other offices."""
    values: dict[str, Any] = {
        "dates": list(dates),
        "office": office.pk,
        "now": now,
        "excluding": excluding.pk if excluding is not None else None,
    }
    return [_Row(*row) for row in statements.rows(_HOURS, values)]


def _weeks(
    office: Office, mondays: Collection[date], excluding: Appointment | None, still_counted: int
) -> dict[date, OfficeWeek]:
    """The office's counters as they would be if `excluding` had been given up; never saved."""
    rows = OfficeWeek.objects.filter(office=office, week__in=mondays)
    weeks = {week.week: week for week in rows}
    if excluding is None:
        return weeks
    given_up_on = clock.service_date(excluding.starts_at)
    if week := weeks.get(business_days.monday_of(given_up_on)):
        week.booked[given_up_on.weekday()] -= excluding.quanta
        week.late[given_up_on.weekday()] += still_counted
    return weeks


def use_of(week: OfficeWeek | None, on: date) -> Use:
    """What the counters of a week say about one of its days, in quanta."""
    if week is None:
        return Use()
    weekday = on.weekday()
    return Use(
        day=week.booked[weekday] + week.late[weekday], week=sum(week.booked) + sum(week.late)
    )
