"""What else was asked by the same asker, or about the same case: beside an enquiry, answered or not."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass

from django.db.models import Q

from comptoir.enquiries.models import Enquiry, EnquiryQuerySet
from comptoir.enquiries.queries.gates import CaseFacts

SHOWN = 10
"""The latest so many (ours)."""


@dataclass(frozen=True, slots=True)
class AskedBefore:
    """The latest ones, the last received first, and whether there are older ones."""

    enquiries: list[Enquiry]
    has_more: bool


def asked_before(
    everything: EnquiryQuerySet, enquiry: Enquiry, case: CaseFacts, beside: Collection[int] = ()
) -> AskedBefore:
    """Those of `everything` of the same address, and of the same case once its gates are open: two queries.

    Who else asks about a case is a fact of the case. `beside` are left out: they stand elsewhere on the page;
    so is what was asked in an exercise, beside what is real, and the other way round.
    """
    same = [Q(asker_email=enquiry.asker_email)] if enquiry.asker_email else []
    if case.is_open:
        numbers = {"uci": enquiry.uci, "application_number": enquiry.application_number}
        same += [Q(**{name: number}) for name, number in numbers.items() if number]
    if not same:
        return AskedBefore([], False)
    others = everything.filter(line__is_drill=enquiry.line.is_drill)
    others = others.exclude(pk__in=[enquiry.pk, *beside])
    # Each by an index of its own, in its order: of an address that asks every day only the latest are read.
    each = [
        others.filter(one).order_by("-received_at", "-pk").values("pk")[: SHOWN + 1] for one in same
    ]
    keys = [row["pk"] for row in each[0].union(*each[1:])]
    found = list(everything.filter(pk__in=keys).order_by("-received_at", "-pk")[: SHOWN + 1])
    return AskedBefore(found[:SHOWN], len(found) > SHOWN)
