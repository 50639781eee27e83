"""Who is asked to confirm: flags are set and ended by the numbers, every night, and by nobody.

The history is replayed from the rows each time, so that what is waived or struck later counts from then on.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta

from django.db import transaction

from comptoir.audit import actions as audit
from comptoir.domain import business_days, reliability
from comptoir.domain.reliability import Flag, PatternRule, Tally
from comptoir.liaison.models import PatternFlag
from comptoir.liaison.queries import days, losses
from comptoir.roster import queries as roster
from comptoir.ui import clock

CALENDAR_DAYS = 6
"""For each business day of a window, how far back a history is replayed: several windows, so that it does
not matter where it begins. As many for each clean day reach far enough to say when a flag will end.
"""


@dataclass(frozen=True, slots=True)
class Reviewed:
    """What a review changed."""

    set: int
    ended: int


@transaction.atomic
def review(*, now: datetime) -> Reviewed:
    """Set, prolong and end flags up to yesterday, by the numbers of its rule: the common one, also for groups.

    Again on the same day it changes nothing. Before the first rule there is nobody to look at.
    """
    yesterday = clock.service_date(now) - timedelta(days=1)
    policy = days.load_rules().policy(yesterday)
    if policy is None:
        return Reviewed(0, 0)
    rule = days.as_pattern_rule(policy)
    rows = (
        PatternFlag.objects.open()
        .select_related("office")
        .select_for_update(of=("self",), no_key=True)
    )
    flags = {flag.office_id: flag for flag in rows}
    look_back = timedelta(days=CALENDAR_DAYS * rule.window_days)
    first = min([yesterday, *(flag.since for flag in flags.values())]) - look_back
    ahead = timedelta(days=CALENDAR_DAYS * rule.clean_days)
    closed = roster.closed_days(first, yesterday + ahead)
    histories = losses.tallies(first, yesterday, least_late=rule.least_late, also=flags.keys())
    added = ended = 0
    for office_id, history in sorted(histories.items()):
        found = reliability.flag_on(history, yesterday, rule, closed)
        flag = flags.get(office_id)
        if found is None:
            ended += flag is not None and _end(flag, yesterday, now)
            continue
        until = business_days.add(yesterday, rule.clean_days - found.clean, closed)
        if flag is None:
            _set(
                office_id,
                found,
                reliability.window(history, found.since, rule, closed),
                rule,
                until,
                now,
            )
            added += 1
        elif flag.until != until:
            flag.until = until
            flag.save(update_fields=["until"])
    return Reviewed(added, ended)


def _set(
    office_id: int,
    found: Flag,
    tally: Tally,
    rule: PatternRule,
    until: date,
    now: datetime,
) -> None:
    flag = PatternFlag.objects.create(
        office_id=office_id,
        since=found.since,
        set_at=now,
        appointments=tally.appointments,
        late=tally.late,
        probability=rule.probability(tally),
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
