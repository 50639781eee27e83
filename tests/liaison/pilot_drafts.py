"""Pilots for tests, set by the action that sets them: whom they concern and which rule they try."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime
from typing import Any

from comptoir.liaison.actions import piloting
from comptoir.liaison.models import Criterion, Design, Measure, Pilot, PilotOffice, Policy
from comptoir.people.models import Office, Role
from tests.liaison.factories import NOW
from tests.people.factories import person_with

TUESDAY = date(2026, 11, 17)
"""The day after `NOW`: the first on which a pilot can begin."""

FAR_MONDAY = date(2026, 12, 7)
"""A Monday that nobody can book at `NOW`, ten business days ahead."""


def trial(*, until: date = date.max, **numbers: Any) -> Policy:
    """The last common rule that began before `until`, with other numbers, as a form makes it."""
    common = Policy.objects.common().filter(valid_from__lt=until)
    made = common.order_by("valid_from", "version").last()
    assert made is not None, "a trial begins from a common rule"
    made.pk, made.name_en, made.name_fr = None, "Busy", "Achalandés"
    made.remark_en, made.remark_fr = "To see whether more time helps.", "Pour voir si cela aide."
    for name, number in numbers.items():
        setattr(made, name, number)
    return made


def draft(**values: Any) -> Pilot:
    """A group from tomorrow on, for two weeks."""
    return Pilot(
        **{
            "design": Design.COHORT,
            "criterion": Criterion.LIST,
            "seed": 1,
            "starts_on": TUESDAY,
            "ends_on": date(2026, 12, 1),
            "measures": [Measure.USE],
            **values,
        }
    )


def weeks(**values: Any) -> Pilot:
    """Four weeks that are drawn."""
    return draft(
        **{
            "design": Design.SWITCHBACK,
            "criterion": "",
            "starts_on": FAR_MONDAY,
            "ends_on": date(2027, 1, 4),
            **values,
        }
    )


def group(offices: Iterable[Office], extra: int = 0) -> list[PilotOffice]:
    return [PilotOffice(office=office, extra_quanta=extra) for office in offices]


def start(
    offices: Iterable[Office] = (),
    *,
    pilot: Pilot | None = None,
    rule: Policy | None = None,
    extra: int = 0,
    now: datetime = NOW,
) -> Pilot:
    """A pilot of these offices, with twice as much a day unless a rule is given."""
    return piloting.start_pilot(
        pilot=pilot or draft(),
        trial=rule or trial(minutes_per_day=240),
        members=group(offices, extra),
        by=person_with(Role.POLICY_OWNER),
        now=now,
    )


def stop(pilot: Pilot, now: datetime = NOW) -> Pilot:
    return piloting.stop_pilot(
        pilot=pilot, reason="It does harm.", by=person_with(Role.POLICY_OWNER), now=now
    )
