"""Disposal: some time after its last use, what an enquiry knows of anybody goes for good.

The enquiry stays, with its dates, its line and its wrap-up code, since figures rest on it. Names,
addresses, numbers, its mail and every text are blanked; its history, its documents with their contents, and what
was confirmed of an applicant are deleted. A breach keeps its dates and numbers. The trail holds keys and
numbers only, and stays; notices go by a rule of their own.

Source: Privacy Act, 6(2)-(3); Privacy Regulations, 4(1): two years after the last use, at least.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection
from datetime import datetime

import pgtrigger
from django.apps import apps
from django.db import transaction

from comptoir.audit import actions as audit
from comptoir.enquiries.actions import mail_disposal
from comptoir.enquiries.models import (
    Authorization,
    Breach,
    Confirmation,
    Document,
    DocumentContent,
    Enquiry,
    GateOverride,
    Message,
    Opening,
    Referral,
    TriageFinding,
)
from comptoir.enquiries.queries import disposal
from comptoir.people.models import Person

BATCH = 200
"""Enquiries to a transaction: small enough not to be in anybody's way."""

GUARDS = (
    "enquiries.EnquiryEvent:append_only",
    "enquiries.Opening:append_only",
    "enquiries.Confirmation:append_only",
    "enquiries.Document:never_deleted",
    "enquiries.Message:never_changed",
    "enquiries.Authorization:never_deleted",
    "enquiries.TriageFinding:append_only",
)
"""The triggers that keep what was written. This is the one lawful exception."""

GONE = "–"
"""In the place of a reason that a person had to give."""

BLANK = {
    "asker_name": "",
    "asker_email": "",
    "applicant_name": "",
    "applicant_born_on": None,
    "uci": "",
    "application_number": "",
    "appointment": "",
    "subject": "",
}


def dispose_before(
    *, before: datetime, held: Collection[int] = (), by: Person | None, now: datetime
) -> Counter[str]:
    """Dispose of what was last used before an instant; how many rows of each kind went.

    Each enquiry has its own event in the audit trail, written in the transaction that disposes.
    """
    total: Counter[str] = Counter()
    while done := _dispose_of_some(before=before, held=held, by=by, now=now):
        total += done
    return total + _dispose_of_authorizations(before=before, held=held, by=by, now=now)


@transaction.atomic
def _dispose_of_some(
    *, before: datetime, held: Collection[int], by: Person | None, now: datetime
) -> Counter[str]:
    due = disposal.disposable(before=before, held=held).select_for_update(
        of=("self",), skip_locked=True, no_key=True
    )
    chosen = {enquiry.pk: enquiry for enquiry in due.order_by("pk")[:BATCH]}
    if not chosen:
        return Counter()
    documents = Document.objects.filter(enquiry__in=chosen)
    documents_of = Counter(documents.order_by().values_list("enquiry_id", flat=True))
    with pgtrigger.ignore(*GUARDS):
        _forget(list(chosen), now)
    for key, enquiry in chosen.items():
        audit.record(
            action="enquiries.disposed",
            subject=enquiry,
            by=by,
            now=now,
            office_id=enquiry.office_id,
            detail={"documents": documents_of[key]},
        )
    return +Counter(enquiries=len(chosen), documents=documents_of.total())


def _forget(keys: list[int], now: datetime) -> None:
    DocumentContent.objects.filter(document__enquiry__in=keys).delete()
    Document.objects.filter(enquiry__in=keys).delete()
    Confirmation.objects.filter(enquiry__in=keys).delete()
    GateOverride.objects.filter(enquiry__in=keys).update(applicant="", reason="")
    Message.objects.filter(enquiry__in=keys).update(body="")
    Opening.objects.filter(enquiry__in=keys).update(reason="")
    Breach.objects.filter(referral__enquiry__in=keys).update(place="", data="", containment="")
    Referral.objects.filter(enquiry__in=keys).update(reason="", result="")
    TriageFinding.objects.filter(enquiry__in=keys).exclude(reason="").update(reason=GONE)
    Enquiry.objects.filter(pk__in=keys).update(**BLANK, disposed_at=now)
    mail_disposal.forget_with(keys, now)
    # Last: blanking is itself a change that history writes down.
    apps.get_model("enquiries", "EnquiryEvent").objects.filter(pgh_obj__in=keys).delete()


@transaction.atomic
def _dispose_of_authorizations(
    *, before: datetime, held: Collection[int], by: Person | None, now: datetime
) -> Counter[str]:
    keys = list(disposal.authorizations(before=before, held=held).values_list("pk", flat=True))
    if not keys:
        return Counter()
    with pgtrigger.ignore(*GUARDS):
        gone, _ = Authorization.objects.filter(pk__in=keys).delete()
    audit.record(
        action="gates.disposed", subject=Authorization, by=by, now=now, detail={"rows": gone}
    )
    return Counter(authorizations=gone)
