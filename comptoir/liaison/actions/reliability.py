"""Who is asked to confirm: flags are set and ended by the numbers, every night, and by nobody.

The history is replayed from the rows each time, so that what is waived or struck later counts from then on.
"""

from __future__ import annotations

from collections.abc import Mapping
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from django.db import transaction

from comptoir.audit import actions as audit
from comptoir.domain import business_days, reliability
from comptoir.domain.reliability import Flag, PatternRule, Tally
from comptoir.liaison.models import PatternFlag
from comptoir.liaison.queries import losses
from comptoir.roster import queries as roster
from comptoir.ui import clock

RULE = PatternRule()
"""What makes a pattern. Its numbers are defaults of ours; `domain.reliability` says what each means."""

LOOK_BACK = timedelta(days=120)
"""How far back a history is replayed: several windows, so that it does not matter where it begins."""

CLOSURES_AHEAD = timedelta(days=60)
"""Far enough to say when a flag will end."""


@dataclass(frozen=True, slots=True)
class Reviewed:
    """What a review changed."""

    set: int
    ended: int


@transaction.atomic
def review(*, now: datetime) -> Reviewed:
    """Set, prolong and end flags by the numbers up to yesterday. Again on the same day it changes nothing."""
    yesterday = clock.service_date(now) - timedelta(days=1)
    rows = (
        PatternFlag.objects.open()
        .select_related("office")
        .select_for_update(of=("self",), no_key=True)
    )
    flags = {flag.office_id: flag for flag in rows}
    first = min([yesterday, *(flag.since for flag in flags.values())]) - LOOK_BACK
    closed = roster.closed_days(first, yesterday + CLOSURES_AHEAD)
    histories = losses.tallies(first, yesterday, least_late=RULE.least_late, also=flags.keys())
    added = ended = 0
    for office_id, history in sorted(histories.items()):
        found = reliability.flag_on(history, yesterday, RULE, closed)
        flag = flags.get(office_id)
        if found is None:
            ended += flag is not None and _end(flag, yesterday, now)
            continue
        until = business_days.add(yesterday, RULE.clean_days - found.clean, closed)
        if flag is None:
            _set(office_id, found, history, closed, until, now)
            added += 1
        elif flag.until != until:
            flag.until = until
            flag.save(update_fields=["until"])
    return Reviewed(added, ended)


def _set(
    office_id: int,
    found: Flag,
    history: Mapping[date, Tally],
    closed: AbstractSet[date],
    until: date,
    now: datetime,
) -> None:
    tally = reliability.window(history, found.since, RULE, closed)
    flag = PatternFlag.objects.create(
        office_id=office_id,
        since=found.since,
        set_at=now,
        appointments=tally.appointments,
        late=tally.late,
        probability=RULE.probability(tally),
        until=until,
    )
    _record("reliability.flagged", flag, now)


def _end(flag: PatternFlag, on: date, now: datetime) -> bool:
    flag.ended_on = on
    flag.save(update_fields=["ended_on"])
    _record("reliability.flag_ended", flag, now)
    return True


def _record(action: str, flag: PatternFlag, now: datetime) -> None:
    audit.record(action=action, subject=flag.office, by=None, now=now, office_id=flag.office_id)
