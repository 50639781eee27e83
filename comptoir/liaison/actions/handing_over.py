"""Giving a professional's open follow-ups to a colleague: what was promised to offices stays promised."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime

from django.db import transaction

from comptoir.audit import actions as audit
from comptoir.liaison.models import FollowUp
from comptoir.people.models import Person
from comptoir.roster.models import Professional


class CannotHandOver(Exception):
    """Nothing was handed over."""


class NotServing(CannotHandOver):
    """The colleague takes no appointments any more: the follow-ups would be nobody's again."""


class NothingOpen(CannotHandOver):
    """None of them is still open and that professional's."""


@transaction.atomic
def hand_over(
    *,
    follow_ups: Collection[int],
    whose: Professional,
    to: Professional,
    by: Person,
    now: datetime,
) -> list[FollowUp]:
    """Give these follow-ups of one professional to another; what was done or given away meanwhile stays.

    Due dates stay as they were promised. Raises CannotHandOver.
    """
    if not Professional.objects.serving(now).filter(pk=to.pk).exists():
        raise NotServing
    related = FollowUp.objects.select_related("case_line__appointment")
    found = list(
        related.select_for_update(of=("self",), no_key=True)
        .filter(pk__in=follow_ups, professional=whose, done_at=None)
        .order_by("pk")
    )
    if not found:
        raise NothingOpen
    for follow_up in found:
        follow_up.professional = to
        follow_up.save(update_fields=["professional"])
        audit.record(
            action="follow_up.handed_over",
            subject=follow_up,
            by=by,
            now=now,
            office_id=follow_up.case_line.appointment.office_id,
            detail={"from": whose.pk, "to": to.pk},
        )
    return found
