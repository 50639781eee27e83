"""What happened week by week, as far as a pilot is judged by it: used, asked for, had, left idle.

Whole weeks that are past. An office's need of a day is the most it asked for at once, or what it was
granted in all if that is more: asking again for what was refused is no new need.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from comptoir.domain.business_days import monday_of
from comptoir.liaison.models import Measure, Side, Status
from comptoir.ui import statements


@dataclass(frozen=True, slots=True)
class Asked:
    """Of some offices and days: requests, quanta needed and granted; office-days, and those with access."""

    requests: int = 0
    needed: int = 0
    granted: int = 0
    office_days: int = 0
    reached: int = 0

    def __add__(self, other: Asked) -> Asked:
        return Asked(
            self.requests + other.requests,
            self.needed + other.needed,
            self.granted + other.granted,
            self.office_days + other.office_days,
            self.reached + other.reached,
        )

    @property
    def fill(self) -> float | None:
        """The part of what was needed that was granted; None where nothing was."""
        return self.granted / self.needed if self.needed else None


@dataclass(frozen=True, slots=True)
class Totals:
    """One week or several: quanta offered, attended and idle though wanted; what each side asked for."""

    offered: int = 0
    attended: int = 0
    avoidable: int = 0
    group: Asked = Asked()
    others: Asked = Asked()

    def __add__(self, other: Totals) -> Totals:
        return Totals(
            self.offered + other.offered,
            self.attended + other.attended,
            self.avoidable + other.avoidable,
            self.group + other.group,
            self.others + other.others,
        )

    @property
    def all(self) -> Asked:
        return self.group + self.others

    @property
    def use(self) -> float | None:
        """The part of what was offered that was attended."""
        return self.attended / self.offered if self.offered else None

    @property
    def day_access(self) -> float | None:
        """The part of the days that offices asked for on which they had, or were offered, some time."""
        return self.all.reached / self.all.office_days if self.all.office_days else None

    @property
    def avoidable_idle(self) -> float | None:
        """The part of what was offered that nobody took, though as much was refused that day.

        At most: hours, lengths and languages may not have matched.
        """
        return self.avoidable / self.offered if self.offered else None

    def value(self, measure: str) -> float | None:
        """What a registered outcome was."""
        found: Mapping[str, float | None] = {
            Measure.USE: self.use,
            Measure.DAY_ACCESS: self.day_access,
            Measure.REQUESTS: float(self.all.requests),
        }
        return found[measure]


# One row a day that was published or asked for. `instead` is what a refusal offered in place of it.
_DAYS = """
WITH asked AS (
    SELECT decision.on, decision.office_id, decision.office_id = ANY(%(members)s) AS in_group,
           count(*) AS requests,
           COALESCE(sum(decision.quanta) FILTER (WHERE decision.accepted), 0) AS granted,
           max(decision.quanta) AS most,
           bool_or(decision.accepted OR COALESCE((decision.counters ->> 'instead')::int, 0) > 0)
               AS reached
      FROM liaison_decision decision
     WHERE decision.on >= %(first)s AND decision.on < %(until)s AND decision.side = %(office)s
     GROUP BY decision.on, decision.office_id),
wanted AS (
    SELECT asked.on, asked.in_group, sum(requests) AS requests, sum(GREATEST(granted, most)) AS needed,
           sum(granted) AS granted, count(*) AS office_days, count(*) FILTER (WHERE reached) AS reached,
           sum(GREATEST(most - granted, 0)) AS refused
      FROM asked GROUP BY asked.on, asked.in_group),
offered AS (
    SELECT day.id, day.on, sum(bit_count(hours.mask::bit(64))) AS quanta
      FROM roster_serviceday day JOIN roster_offeredhours hours ON hours.day_id = day.id
     WHERE day.on >= %(first)s AND day.on < %(until)s
     GROUP BY day.id, day.on),
taken AS (
    SELECT appointment.day_id, sum(extract(epoch FROM ends_at - starts_at))::int / 900 AS quanta
      FROM liaison_appointment appointment
     WHERE appointment.day_id IN (SELECT id FROM offered) AND appointment.status = %(finished)s
     GROUP BY appointment.day_id)
SELECT COALESCE(offered.on, wanted.on), COALESCE(offered.quanta, 0), COALESCE(taken.quanta, 0),
       wanted.in_group, wanted.requests, wanted.needed, wanted.granted, wanted.office_days,
       wanted.reached, COALESCE(wanted.refused, 0)
  FROM offered
  LEFT JOIN taken ON taken.day_id = offered.id
  FULL JOIN wanted ON wanted.on = offered.on
"""


def weekly(first: date, until: date, members: list[int]) -> dict[date, Totals]:
    """The weeks from one Monday to before another, by Monday, with none left out. One query."""
    values: dict[str, Any] = {
        "first": first,
        "until": until,
        "members": members,
        "office": Side.OFFICE.value,
        "finished": Status.FINISHED.value,
    }
    by_day: dict[date, list[tuple[Any, ...]]] = defaultdict(list)
    for on, *rest in statements.rows(_DAYS, values):
        by_day[on].append(tuple(rest))
    weeks = range((until - first).days // 7)
    found = {first + timedelta(weeks=number): Totals() for number in weeks}
    for on, rows in by_day.items():
        found[monday_of(on)] += _day(rows)
    return found


def _day(rows: list[tuple[Any, ...]]) -> Totals:
    """The one or two rows of a day: of the group, of the others, or of nobody."""
    offered, attended = (int(number) for number in rows[0][:2])
    sides = {row[2]: Asked(*(int(number) for number in row[3:8])) for row in rows if row[3]}
    refused = sum(int(row[8]) for row in rows)
    return Totals(
        offered,
        attended,
        max(0, min(offered - attended, refused)),
        sides.get(True, Asked()),
        sides.get(False, Asked()),
    )
