"""Many enquiries, written by the server itself: years of what is answered, and what is open now.

Every row keeps the constraints; triggers rest meanwhile, since nothing here has a history. Each enquiry
has its clocks and texts, one in fifty a referral, one in a thousand is restricted.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, cast

from django.db import connection, transaction
from django.db.backends.postgresql.base import DatabaseWrapper

from comptoir.enquiries.models import Enquiry

_ENQUIRIES = """
INSERT INTO enquiries_enquiry (
    reference, line_id, channel, language, received_at, received_on, asker_kind, asker_name, asker_email,
    office_id, appointment, applicant_name, uci, application_number, line_of_business, topic, subject,
    state, priority, ranked_at, skills, is_unmatched, is_restricted, assignee_id, taken_at, version, tier,
    answered_at, duplicates)
SELECT 'E' || left(lpad(n::text, 8, '0'), 4) || '-' || right(lpad(n::text, 8, '0'), 4),
       line, 'web_form', CASE WHEN n %% 4 = 0 THEN 'fr' ELSE 'en' END, at, at::date, 'client',
       'Marie ' || translate((n %% 700001)::text, '0123456789', 'abcdefghij') || 'z',
       'asker' || n %% 700001 || '@clients.example', NULL, '', '', lpad((n %% 900001)::text, 8, '0'), '',
       'family', CASE WHEN n %% 50 = 1 THEN 'other' ELSE 'status' END, '', state,
       CASE WHEN n %% 20 = 0 THEN 1 ELSE 0 END,
       at - CASE WHEN n %% 20 = 0 THEN interval '7 days' ELSE interval '0' END,
       '{}', n %% 50 = 1, n %% 1000 = 2,
       CASE WHEN state <> 'waiting' THEN (%(people)s::bigint[])[1 + n / 20 %% %(agents)s] END,
       CASE WHEN state <> 'waiting' THEN at + interval '1 day' END, 3,
       CASE WHEN state = 'answered' THEN 1 + n %% 3 END,
       CASE WHEN state = 'answered' THEN %(answered)s + (at - %(since)s) * %(pace)s END, 0
  FROM (SELECT n, %(since)s + (n - %(first)s) * %(every)s AS at,
               CASE WHEN n %% 20 = 7 THEN %(offices)s::bigint ELSE %(public)s::bigint END AS line,
               (%(states)s::text[])[1 + n %% array_length(%(states)s::text[], 1)] AS state
          FROM generate_series(%(first)s::bigint, %(last)s::bigint) AS n) AS made
 ORDER BY n
"""

_CLOCKS = """
INSERT INTO enquiries_clock (enquiry_id, promise, target_id, started_at, calendar, due_at, stopped_at)
SELECT enquiry.id, target.promise, target.id, enquiry.received_at, 1,
       enquiry.received_at + target.amount * interval '1.4 days',
       CASE WHEN enquiry.state = 'answered' THEN enquiry.answered_at
            WHEN enquiry.state = 'on_hold' AND target.promise = 'first' THEN enquiry.taken_at END
  FROM enquiries_enquiry enquiry JOIN enquiries_servicetarget target ON target.line_id = enquiry.line_id
 WHERE enquiry.id > %(behind)s
 ORDER BY enquiry.id
"""

_PAUSES = """
INSERT INTO enquiries_pause (clock_id, starts_at, reason)
SELECT clock.id, enquiry.taken_at, 'client'
  FROM enquiries_clock clock JOIN enquiries_enquiry enquiry ON enquiry.id = clock.enquiry_id
 WHERE clock.stopped_at IS NULL AND enquiry.state = 'on_hold' AND enquiry.id > %(behind)s
"""

_TEXTS = """
INSERT INTO enquiries_message (enquiry_id, direction, channel, at, by_id, language, body, is_case_specific)
SELECT id, direction, 'web_form',
       CASE WHEN direction = 'in' THEN received_at ELSE answered_at END,
       CASE WHEN direction = 'out' THEN assignee_id END, language,
       repeat('Where does my application stand? ', 8), false
  FROM enquiries_enquiry, (VALUES ('in'), ('out')) AS ways (direction)
 WHERE id > %(behind)s AND (direction = 'in' OR state = 'answered')
 ORDER BY id
"""

_REFERRALS = """
INSERT INTO enquiries_referral (
    enquiry_id, kind, unit, owner_id, reason, referred_by_id, referred_at, due_at, acknowledged_at,
    closed_at, closed_by_id, outcome, result)
SELECT id, CASE WHEN is_restricted THEN 'sensitive' ELSE 'urgent' END, 'Processing office', person, 'Reason',
       person, received_at, received_at + interval '3 days', received_at,
       answered_at, CASE WHEN state = 'answered' THEN person END,
       CASE WHEN state = 'answered' THEN 'done' ELSE '' END, ''
  FROM (SELECT *, (%(people)s::bigint[])[1 + id %% %(agents)s] AS person FROM enquiries_enquiry) AS enquiry
 WHERE id > %(behind)s AND (id %% 50 = 3 OR is_restricted)
 ORDER BY id
"""

_NAMED = """
INSERT INTO enquiries_named (enquiry_id, person_id, named_by_id, named_at)
SELECT enquiry_id, owner_id, owner_id, referred_at FROM enquiries_referral
 WHERE kind = 'sensitive' AND enquiry_id > %(behind)s
"""

_TAGGED = """
INSERT INTO enquiries_tag_enquiries (tag_id, enquiry_id)
SELECT tag.id, enquiry.id FROM enquiries_enquiry enquiry
  JOIN enquiries_tag tag ON enquiry.id %% CASE tag.code WHEN 'often' THEN 20 ELSE 300 END = 3
 WHERE enquiry.id > %(behind)s
"""

_WRITTEN = (_ENQUIRIES, _CLOCKS, _PAUSES, _TEXTS, _REFERRALS, _NAMED, _TAGGED)

OPEN = ["waiting"] * 16 + ["in_hand"] * 3 + ["on_hold"]


@dataclass(frozen=True, slots=True)
class Ground:
    """On which lines enquiries come in, and who answers them."""

    public: int
    offices: int
    people: list[int]


@dataclass(frozen=True, slots=True)
class Stretch:
    """Enquiries received evenly in a while, in these states by turns, answered in another while."""

    count: int
    since: datetime
    until: datetime
    states: Sequence[str]
    answered: tuple[datetime, datetime] | None = None


@transaction.atomic
def write(ground: Ground, stretch: Stretch) -> None:
    """Write them, behind all that are there."""
    behind = Enquiry.objects.order_by("pk").values_list("pk", flat=True).last() or 0
    first = Enquiry.objects.count() + 1
    answered = stretch.answered or (stretch.since, stretch.until)
    values: dict[str, Any] = {
        "behind": behind,
        "first": first,
        "last": first + stretch.count - 1,
        "since": stretch.since,
        "every": (stretch.until - stretch.since) / stretch.count,
        "answered": answered[0],
        "pace": (answered[1] - answered[0]) / (stretch.until - stretch.since),
        "states": [str(state) for state in stretch.states],
        "public": ground.public,
        "offices": ground.offices,
        "people": ground.people,
        "agents": len(ground.people),
    }
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL session_replication_role = replica")
        for statement in _WRITTEN:
            cursor.execute(statement, values)


def settle() -> None:
    """What the server does by itself in the nights: statistics, and pages that all may see."""
    with connection.cursor() as cursor:
        cursor.execute("VACUUM ANALYZE")


def clone(name: str) -> None:
    """Keep the database as it is now under another name."""
    source = connection.settings_dict["NAME"]
    _leave()
    with connection._nodb_cursor() as cursor:
        cursor.execute(f'CREATE DATABASE "{name}" TEMPLATE "{source}" STRATEGY file_copy')


def use(name: str) -> None:
    """Go on with the database of this name."""
    _leave()
    connection.settings_dict["NAME"] = name


def _leave() -> None:
    """A database that somebody is in cannot be cloned."""
    connection.close()
    cast(DatabaseWrapper, connection).close_pool()
