"""What professionals offer on days, and what of it is claimed, held, offered to who waits, or directed.

Written out, because every booking waits for it under the day's lock (docs/adr/0002).
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection
from datetime import date, datetime
from typing import Any, NamedTuple

from comptoir.domain.service_day import Reserve
from comptoir.liaison.models import Appointment
from comptoir.roster.models import ReservedHours
from comptoir.ui import statements

NOBODY = 0
"""No office has this key: for it every hold is another's and every reserve is not its own."""


class Row(NamedTuple):
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


# The ORM takes longer to compose it than PostgreSQL to answer it. Claims, holds and reserves are gathered once
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
           bit_or(mask) FILTER (WHERE office_id = %(office)s AND typing) AS by_us
      FROM (SELECT hours_id, mask, office_id, true AS typing
              FROM liaison_hold
             WHERE hours_id = ANY(ARRAY(SELECT id FROM offered)) AND expires_at > %(now)s
             UNION ALL
            SELECT hours_id, mask, office_id, false
              FROM liaison_offer
             WHERE hours_id = ANY(ARRAY(SELECT id FROM offered)) AND kept_until > %(now)s
               AND answer IN ('open', 'accepted')) each
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


def offered(
    dates: Collection[date], *, office: int, now: datetime, excluding: Appointment | None = None
) -> list[Row]:
    """What each professional offers on each date, what is taken, held, or kept for other offices.

    What is offered to the office itself is free to it.
    """
    values: dict[str, Any] = {
        "dates": list(dates),
        "office": office,
        "now": now,
        "excluding": excluding.pk if excluding is not None else None,
    }
    return [Row(*row) for row in statements.rows(_HOURS, values)]


def reserves(keys: Collection[int]) -> dict[int, tuple[Reserve, ...]]:
    """What of these hours (by key) is directed at some offices, and at which."""
    found: defaultdict[int, tuple[Reserve, ...]] = defaultdict(tuple)
    for row in ReservedHours.objects.filter(hours__in=keys).exclude(offices=[]):
        found[row.hours_id] += (Reserve(row.mask, frozenset(row.offices)),)
    return found
