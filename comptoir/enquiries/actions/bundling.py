"""One answer for several enquiries of one asker about one case: all of them, or none."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db import transaction

from comptoir.domain import bundles as rule
from comptoir.enquiries.actions import answering, changing, taking
from comptoir.enquiries.models import Enquiry, Message, State, Tier
from comptoir.enquiries.queries import bundles
from comptoir.people.models import Person


class NoBundle(changing.CannotChange):
    """They are of several askers or cases, or of somebody who may not be answered for others."""


@dataclass(frozen=True, slots=True)
class Part:
    """One of the bundle as it was read, and the wrap-up code it closes under."""

    enquiry: Enquiry
    version: int
    tier: Tier
    line_of_business: str


@transaction.atomic
def answer(
    *,
    parts: Sequence[Part],
    body: str,
    language: str,
    is_case_specific: bool,
    by: Person,
    now: datetime,
) -> list[Message]:
    """Send the answer on each; those that wait are taken first. Raises CannotChange."""
    locked = _locked(parts)
    first, *rest = [bundles.as_item(enquiry) for enquiry in locked]
    if any(rule.apart(first, other) for other in rest) or bundles.gets_no_action(locked):
        raise NoBundle
    sent = []
    for part in parts:
        version = part.version
        if next(e for e in locked if e == part.enquiry).state == State.WAITING:
            taken = taking.take_one(enquiry=part.enquiry, version=version, by=by, now=now)
            version = taken.version
        sent.append(
            answering.answer(
                enquiry=part.enquiry,
                version=version,
                body=body,
                language=language,
                tier=part.tier,
                line_of_business=part.line_of_business,
                is_case_specific=is_case_specific,
                by=by,
                now=now,
            )
        )
    return sent


def _locked(parts: Sequence[Part]) -> list[Enquiry]:
    """Their rows in the order of keys, so that two bundles never wait for one another."""
    wanted = sorted(parts, key=lambda part: part.enquiry.pk)
    return [changing.locked(enquiry=part.enquiry, version=part.version) for part in wanted]
