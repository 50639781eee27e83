"""Every look for a time is kept, so that need can be counted later instead of guessed.

A look at the list and a time that could not be kept are rows; a booking that was refused is a
`Decision` already. Nobody is named, and the rows lie on nobody's trail: a look changes nothing.
"""

from __future__ import annotations

from datetime import datetime, timedelta

from comptoir.domain.grid import QUANTUM_MINUTES
from comptoir.domain.service_day import Refused
from comptoir.liaison.actions.booking import Wish
from comptoir.liaison.queries import times
from comptoir.people.models import Office
from comptoir.ui import clock, statements

ONCE_WITHIN = timedelta(minutes=1)
"""The same question asked again within it is the same look: a page loaded anew, a button pressed twice."""

THIRD = 3

_KEEP = """
INSERT INTO liaison_search
       (office_id, at, quanta, language, first, last, starts_at, of_class, reason, offered,
        offered_on, third_at)
SELECT asked.*
  FROM (SELECT %(office)s::bigint AS office_id, %(at)s::timestamptz AS at,
               %(quanta)s::smallint AS quanta, %(language)s::text AS language,
               %(first)s::date AS first, %(last)s::date AS last,
               %(starts_at)s::timestamptz AS starts_at, %(of_class)s::text, %(reason)s::text,
               %(offered)s::int, %(offered_on)s::date[], %(third_at)s::timestamptz) asked
 WHERE NOT EXISTS (
       SELECT 1 FROM liaison_search same
        WHERE same.office_id = asked.office_id
          AND same.at > %(since)s AND same.at <= asked.at
          AND (same.quanta, same.language, same.first, same.last)
              = (asked.quanta, asked.language, asked.first, asked.last)
          AND same.starts_at IS NOT DISTINCT FROM asked.starts_at)
RETURNING id
"""


def note_look(
    *,
    office: Office,
    minutes: int,
    language: str,
    found: list[times.DayTimes],
    now: datetime,
) -> None:
    """Keep what a list of times offered, or why it offered nothing; a list of no days is no look."""
    if not found:
        return
    starts = times.soonest(found, THIRD)
    _keep(
        office,
        now,
        quanta=minutes // QUANTUM_MINUTES,
        language=language,
        first=found[0].on,
        last=found[-1].on,
        refused=times.main_refusal(found),
        offered=sum(len(day.starts) for day in found),
        offered_on=[day.on for day in found if day.starts],
        third_at=starts[THIRD - 1] if len(starts) == THIRD else None,
    )


def note_not_kept(*, office: Office, wish: Wish, refused: Refused, now: datetime) -> None:
    """Keep that a time which the office chose could not be kept for it."""
    on = clock.service_date(wish.starts_at)
    _keep(
        office,
        now,
        quanta=wish.quanta,
        language=wish.language,
        first=on,
        last=on,
        starts_at=wish.starts_at,
        refused=refused,
    )


def _keep(office: Office, now: datetime, *, refused: Refused | None, **values: object) -> None:
    given: dict[str, object] = {
        "starts_at": None,
        "offered": 0,
        "offered_on": [],
        "third_at": None,
        "reason": refused.reason.value if refused is not None else "",
        "of_class": (refused.of_class or "") if refused is not None else "",
    }
    statements.rows(
        _KEEP,
        given | values | {"office": office.pk, "at": now, "since": now - ONCE_WITHIN},
    )
