"""What the nested classes need to know of a day: what it owes to others, what the office may have.

One look at the counters of all offices, 448 rows a day. Nothing of it is kept in a second place: a sum
over the counters cannot differ from them (docs/adr/0012).
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any, NamedTuple

from comptoir.domain.business_days import monday_of
from comptoir.domain.grid import QUANTUM_MINUTES
from comptoir.domain.share import Nesting, Owed, Share
from comptoir.liaison.models import LIVE_STATUSES, Appointment, Policy
from comptoir.liaison.queries.hours import NOBODY
from comptoir.liaison.queries.in_force import Cohort, cohort_columns
from comptoir.people.models import Office, OfficeStatus
from comptoir.ui import clock, statements


class _Row(NamedTuple):
    on: date
    previous: date | None
    days_left: int
    has_pending: bool
    offices: int
    mean: float
    variance: float
    unclaimed: int
    allowance: int | None
    chance: float | None
    held: int


@dataclass(frozen=True, slots=True)
class Others:
    """What a day owes to all offices but one, what that one is allotted, whether a charge is pending."""

    row: _Row

    def owed(self, *, own: bool, allowance_left: int) -> Owed:
        """The same with the office itself, which `own` says is owed its floor."""
        row = self.row
        chance = (row.chance or 0.0) if own else 0.0
        return Owed(
            offices=row.offices + own,
            mean=row.mean + chance,
            variance=row.variance + chance * (1 - chance),
            allowances=row.unclaimed + allowance_left,
            days_left=row.days_left,
        )

    def share(self, *, own: bool) -> Share:
        """What the office may have and holds."""
        row = self.row
        return Share(row.allowance or 0, row.held, owed=own, chance=row.chance or 0.0)

    def released_at(self, nesting: Nesting) -> datetime:
        """When the allowances kept on this day are released: on the service day before."""
        before = self.row.previous or self.row.on - timedelta(days=1)
        return datetime.combine(before, nesting.release_at, clock.service_zone())


_USED = " + ".join(f"week.{kind}[{day}]" for kind in ("booked", "late") for day in range(1, 8))

_LIMIT = f"COALESCE(particular.minutes / {QUANTUM_MINUTES}, %(week_limit)s)"

_WORKED = """EXISTS (
    SELECT 1 FROM roster_offeredhours hours WHERE hours.day_id = day.id AND hours.mask <> 0)"""

# Of what is kept for it alone, an office holds the floor that is kept for it in common with others still.
# What is offered to several at once only one of them will have.
_KEPT_NOW = """
            SELECT kept.office_id, asked.on, NULL, 0, kept.quanta
              FROM asked
              JOIN (SELECT office_id, hours_id, starts_at, quanta, mask
                      FROM liaison_hold
                     WHERE expires_at > %(now)s
                     UNION ALL
                    SELECT office_id, hours_id, starts_at, quanta, mask
                      FROM liaison_offer
                     WHERE kept_until > %(now)s AND answer IN ('open', 'accepted')
                       AND NOT together) AS kept
                ON kept.starts_at >= GREATEST(asked.starts_at, %(now)s)
               AND kept.starts_at < asked.ends_at
             WHERE NOT EXISTS (
                   SELECT 1 FROM roster_reservedhours reserved
                    WHERE reserved.hours_id = kept.hours_id AND reserved.offices <> '{}'
                      AND reserved.mask & kept.mask <> 0)"""

_PARTICULAR = f"""
particular AS MATERIALIZED (
    SELECT office_id, "on", min(minutes) AS minutes, sum(extra)::int AS extra, max(kept) AS kept
      FROM (SELECT member.office_id, asked.on, member.minutes, member.extra, 0 AS kept
              FROM asked
              JOIN unnest(%(members)s::bigint[], %(firsts)s::date[], %(untils)s::date[],
                          %(extras)s::int[], %(minutes)s::int[])
                   AS member(office_id, first, until, extra, minutes)
                ON asked.on >= member.first AND asked.on < member.until
             UNION ALL
            SELECT credit.office_id, asked.on, NULL, credit.quanta, 0
              FROM asked
              JOIN liaison_credit credit ON credit.week = asked.week
             UNION ALL{_KEPT_NOW}) AS found
     GROUP BY office_id, "on"),
"""


def _each(*, some: bool = False) -> str:
    """Every active office on each date, or `some`, the `offices` asked for: how a statement begins.

    What a week came to is added up once for an office, not for each date nor wherever it is needed. What
    only some offices have, in a group, from the centre or at this moment, is gathered first: few rows.
    """
    only = " AND {} = ANY(%(offices)s)" if some else ""
    return f"""
WITH asked AS MATERIALIZED (
    SELECT asked.on, asked.week, asked.weekday, day.starts_at,
           day.starts_at + day.quanta * interval '{QUANTUM_MINUTES} minutes' AS ends_at,
           (SELECT apportionment.id FROM liaison_apportionment apportionment
             WHERE apportionment.valid_from <= asked.on
             ORDER BY apportionment.valid_from DESC LIMIT 1) AS apportionment_id,
           (SELECT max(day.on) FROM roster_serviceday day
             WHERE day.on < asked.on AND {_WORKED}) AS previous,
           (SELECT count(*) FROM roster_serviceday day
             WHERE day.on BETWEEN GREATEST(%(today)s, asked.week) AND asked.week + 6
               AND {_WORKED}) AS days_left
      FROM unnest(%(dates)s::date[], %(weeks)s::date[], %(weekdays)s::int[])
           AS asked("on", week, weekday)
      LEFT JOIN roster_serviceday day ON day.on = asked.on),
counted AS MATERIALIZED (
    SELECT week.office_id, week.week, week.booked, week.late, week.floor_gone, {_USED} AS used
      FROM liaison_officeweek week
     WHERE week.week = ANY(%(weeks)s::date[]){only.format("week.office_id")}),{_PARTICULAR}each AS (
    SELECT asked.on, office.id AS office_id, office.id = %(office)s AS is_ours,
           COALESCE(week.booked[asked.weekday] + week.late[asked.weekday], 0) = 0
               AND NOT COALESCE(week.floor_gone[asked.weekday], false)
               AND COALESCE(week.used, 0) + %(floor)s <= {_LIMIT}
               AND COALESCE(particular.kept, 0) < GREATEST(%(floor)s, 1) AS owed,
           LEAST(GREATEST(allowance.quanta, %(weekly_floor)s) + COALESCE(particular.extra, 0),
                 {_LIMIT}) AS quanta,
           COALESCE(allowance.chance, 1) AS chance,
           COALESCE(week.used, 0) AS used
      FROM asked
      CROSS JOIN people_office office
      LEFT JOIN counted week ON week.office_id = office.id AND week.week = asked.week
      LEFT JOIN liaison_allowance allowance
        ON allowance.apportionment_id = asked.apportionment_id AND allowance.office_id = office.id
      LEFT JOIN particular
        ON particular.office_id = office.id AND particular.on = asked.on
     WHERE office.status = %(active)s{only.format("office.id")})
"""


_HELD = """(
    SELECT COALESCE(sum(extract(epoch FROM held.ends_at - held.starts_at)), 0)::int / 900
      FROM liaison_appointment held
     WHERE held.office_id = {office} AND held.status = ANY(%(live)s)
       AND held.starts_at > %(now)s AND held.id IS DISTINCT FROM %(excluding)s)"""

_OTHERS = f"""
{_each()}SELECT asked.on, asked.previous, asked.days_left,
       EXISTS (SELECT 1 FROM liaison_pendingcharge pending
                WHERE pending.starts_at >= asked.starts_at AND pending.starts_at < asked.ends_at),
       owes.offices, owes.mean, owes.variance, owes.unclaimed, owes.allowance, owes.chance,
       {_HELD.format(office="%(office)s")}
  FROM asked
  JOIN (SELECT each.on,
               count(*) FILTER (WHERE owed AND NOT is_ours) AS offices,
               COALESCE(sum(chance) FILTER (WHERE owed AND NOT is_ours), 0) AS mean,
               COALESCE(sum(chance * (1 - chance)) FILTER (WHERE owed AND NOT is_ours), 0)
                   AS variance,
               COALESCE(sum(GREATEST(quanta - used, 0)) FILTER (WHERE NOT is_ours), 0) AS unclaimed,
               max(quanta) FILTER (WHERE is_ours) AS allowance,
               max(chance) FILTER (WHERE is_ours) AS chance
          FROM each
         GROUP BY each.on) AS owes
    ON owes.on = asked.on
"""


def others(
    *,
    office: Office | None,
    dates: Collection[date],
    policy: Policy,
    cohorts: tuple[Cohort, ...],
    now: datetime,
    excluding: Appointment | None = None,
) -> Mapping[date, Others]:
    """What each of the days owes to all active offices but `office`, in quanta; without it, to all.

    The dates are of one `policy`, that of every office in none of the `cohorts`; a member of a group has
    the limit of a week of its trial rule, and is allotted so much more. Floors are the same for all. No
    office is allotted less than its weekly floor, nor more than its limit of a week; within that limit it
    is allotted, too, what the centre owes it for a cancelled appointment. Who has used its limit is owed
    nothing, since it could not claim it; nor is who holds as much as its floor, or is offered it, for as
    long as that is kept for it: it is not kept twice. `excluding` is not held.
    """
    if not dates:
        return {}
    values = _values(dates, policy, now) | {
        "office": office.pk if office is not None else NOBODY,
        "excluding": excluding.pk if excluding is not None else None,
        **cohort_columns(cohorts),
    }
    found = {row[0]: _Row(*row) for row in statements.rows(_OTHERS, values)}
    # Where no office is active, nobody is owed anything.
    nobody = {on: _Row(on, None, 1, True, 0, 0.0, 0.0, 0, None, None, 0) for on in dates}
    return {on: Others(row) for on, row in (nobody | found).items()}


_SHARES = f"""
{_each(some=True)}SELECT each.office_id, each.owed, each.quanta, each.chance, {_HELD.format(office="each.office_id")}
  FROM each
"""


def of_offices(
    offices: Collection[int],
    *,
    on: date,
    policy: Policy,
    cohorts: tuple[Cohort, ...],
    now: datetime,
) -> dict[int, Share]:
    """What each of these offices (by key) may have of the day's week and holds, its floor too."""
    values = _values([on], policy, now) | cohort_columns(cohorts)
    values |= {"office": NOBODY, "excluding": None}
    rows = statements.rows(_SHARES, values | {"offices": list(offices)})
    return {
        office: Share(allowance, held, owed=owed, chance=chance)
        for office, owed, allowance, chance, held in rows
    }


def _values(dates: Collection[date], policy: Policy, now: datetime) -> dict[str, Any]:
    return {
        "dates": list(dates),
        "weeks": [monday_of(on) for on in dates],
        "weekdays": [on.weekday() + 1 for on in dates],
        "today": clock.service_date(now),
        "floor": policy.floor_minutes // QUANTUM_MINUTES,
        "weekly_floor": policy.weekly_floor_minutes // QUANTUM_MINUTES,
        "week_limit": policy.minutes_per_week // QUANTUM_MINUTES,
        "active": OfficeStatus.ACTIVE.value,
        "live": [status.value for status in LIVE_STATUSES],
        "now": now,
    }
