"""The single window's addresses: whose objects they lead to."""

from __future__ import annotations

from typing import Any

from comptoir.enquiries.actions import referring
from comptoir.enquiries.models import Enquiry, ReferralKind, Scan
from tests.enquiries.factories import NOW, enquiry, kept_and, person
from tests.repository.describing import Foreign


def _sensitive() -> Enquiry:
    """One that is restricted to two people, neither of whom asks."""
    found = enquiry()
    referring.refer(
        enquiry=found,
        kind=ReferralKind.SENSITIVE,
        unit="The unit",
        owner=person(),
        reason="Few should know",
        by=person(),
        now=NOW,
    )
    return Enquiry.objects.get(pk=found.pk)


def _restricted() -> dict[str, Any]:
    return {"reference": _sensitive().reference}


def _referral() -> dict[str, Any]:
    return {"pk": _sensitive().referrals.get().pk}


def _document() -> dict[str, Any]:
    found = enquiry()
    document = kept_and(Scan.CLEAN, of=found)
    found.is_restricted = True
    found.save()
    return {"pk": document.pk}


FOREIGN: dict[str, Foreign] = {
    "enquiries:referral": Foreign(_referral),
    "enquiries:hand-on": Foreign(_restricted),
    "enquiries:report-breach": Foreign(_restricted),
    "enquiries:documents": Foreign(_restricted),
    "enquiries:restricted": Foreign(_restricted),
    "enquiries:named": Foreign(_restricted),
    "enquiries:document-file": Foreign(_document),
    "enquiries:document-unscanned": Foreign(_document),
    "enquiries:document-filed": Foreign(_document),
    "enquiries:document-undo": Foreign(_document),
}
