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

from comptoir.domain import business_days, nested, share
from comptoir.domain.grid import Grid
from comptoir.domain.service_day import Day, ProfessionalHours, Reserve, Use
from comptoir.liaison.models import Appointment, OfficeWeek, Policy
from comptoir.liaison.queries import horizon, hours, shares
from comptoir.liaison.queries.in_force import Rules as Rules
from comptoir.liaison.queries.in_force import as_allowance_policy as as_allowance_policy
from comptoir.liaison.queries.in_force import as_nesting as as_nesting
from comptoir.liaison.queries.in_force import as_pattern_rule as as_pattern_rule
from comptoir.liaison.queries.in_force import as_rule as as_rule
from comptoir.liaison.queries.in_force import load_rules as load_rules
from comptoir.people.models import Office
from comptoir.roster import queries as roster
from comptoir.ui import clock


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


def bookable_dates(rules: Rules, now: datetime) -> list[date]:
    """Today and the business days that can be booked under the rule in force today, oldest first."""
    return horizon.bookable_dates(rules.policy(clock.service_date(now)), now)


def open_dates(rules: Rules, now: datetime) -> list[date]:
    """The same without a today on which nothing can begin any more: what pages speak of as open."""
    dates, today = bookable_dates(rules, now), clock.service_date(now)
    rule = rules.on(today)
    if rule is None or today not in dates:
        return dates
    least = min(rule.lengths) + rule.least_notice_minutes
    return dates[1:] if horizon.is_over(today, least, now) else dates


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
    offered = hours.offered(dates, office=office.pk, now=now, excluding=excluding)
    rows = {on: list(found) for on, found in groupby(offered, key=attrgetter("on"))}
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


def load_for_all(on: date, rules: Rules, now: datetime) -> LoadedDay:
    """A day as it stands for all offices together: what it owes to them, nobody's use or share yet."""
    rows = hours.offered([on], office=hours.NOBODY, now=now)
    day = Day(
        on=on,
        grid=Grid(datetime.combine(on, datetime.min.time(), clock.service_zone()), 0),
        rule=rules.on(on),
        last_bookable=_last_bookable(on, rules, now),
        first_bookable=clock.service_date(now),
        own_rules=rules.of_groups(on),
    )
    if not rows:
        return LoadedDay(day)
    policy = rules.policy(on)
    if policy is not None and policy.nested:
        owes = shares.others(
            office=None, dates=[on], policy=policy, cohorts=rules.cohorts, now=now
        )[on]
        released_at = owes.released_at(as_nesting(policy))
        day = replace(day, owed=owes.owed(own=False, allowance_left=0), released_at=released_at)
    reserves = hours.reserves([row.pk for row in rows])
    return _with_hours(day, rows, {row.pk: reserves.get(row.pk, ()) for row in rows})


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
    return horizon.last_bookable(asked, rules.policy(clock.service_date(now)), now)


def _of_professional(row: hours.Row, reserves: tuple[Reserve, ...]) -> ProfessionalHours:
    return ProfessionalHours(
        professional=row.professional_id,
        languages=frozenset(row.languages),
        offered=row.mask,
        taken=row.claimed | row.held_by_others,
        reserves=reserves,
    )


def _reserves(row: hours.Row, office: Office) -> tuple[Reserve, ...]:
    """What is kept for others, and for this office: neither is anybody's."""
    kept = (
        Reserve(row.kept_from_us, frozenset()),
        Reserve(row.kept_for_us, frozenset({office.pk})),
    )
    return tuple(one for one in kept if one.mask)


def _loaded(rows: list[hours.Row], day: Day, office: Office) -> LoadedDay:
    """The day with its hours, if it has any."""
    if not rows:
        return LoadedDay(day)
    loaded = _with_hours(day, rows, {row.pk: _reserves(row, office) for row in rows})
    held = {row.professional_id: row.held_by_us for row in rows if row.held_by_us}
    return replace(loaded, held=held)


def _with_hours(
    day: Day, rows: Sequence[hours.Row], reserves: Mapping[int, tuple[Reserve, ...]]
) -> LoadedDay:
    starts_at = datetime.fromtimestamp(rows[0].starts, UTC)
    offered = tuple(_of_professional(row, reserves[row.pk]) for row in rows)
    return LoadedDay(
        replace(day, grid=Grid(starts_at, rows[0].quanta), hours=offered),
        rows[0].day_id,
        hours_ids={row.professional_id: row.pk for row in rows},
    )


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
