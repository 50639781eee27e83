"""Having documents scanned, and what follows. None waits for ever: what nobody could scan says so."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import Q

from comptoir.audit import actions as audit
from comptoir.enquiries.actions import documents, telling
from comptoir.enquiries.gateway import scanning as gateway
from comptoir.enquiries.gateway.scanning import Answer, Scanner, Verdict
from comptoir.enquiries.models import Document, DocumentQuerySet, Scan, WhyNotScanned

WAITS_AT_MOST = timedelta(hours=1)
"""After so long without a scanner that answers, a document is said not to be scanned (ours)."""

AGAIN_WITHIN = timedelta(days=7)
"""For so long a document that found no scanner is scanned when there is one again (ours)."""

MOST_SILENT = 3
"""Documents of one round without an answer, after which the scanner is left alone until the next."""

WITHOUT_A_SCANNER = (WhyNotScanned.OFF, WhyNotScanned.UNREACHABLE)

STATES = {Verdict.CLEAN: Scan.CLEAN, Verdict.INFECTED: Scan.INFECTED}
REASONS = {
    Verdict.OFF: WhyNotScanned.OFF,
    Verdict.LIMITS: WhyNotScanned.LIMITS,
    Verdict.LOCKED: WhyNotScanned.LOCKED,
}


def scan(*, document: Document, scanner: Scanner, now: datetime) -> Document:
    """Ask the scanner and write down what it says; raises gateway.Unreachable.

    The scanner is asked outside a transaction: it may take half a minute.
    """
    try:
        answer = scanner.scan(documents.unsealed(document))
    except documents.NotReadable:
        return document  # taken back meanwhile
    except documents.KeyMissing:
        # Said, or it would be asked for first in every round, and nobody would know why.
        return _write(document, Scan.NOT_SCANNED, WhyNotScanned.SEALED, "", now)
    return _said(document, answer, now)


def _said(document: Document, answer: Answer, now: datetime) -> Document:
    state = STATES.get(answer.verdict, Scan.NOT_SCANNED)
    why = REASONS.get(answer.verdict, "")
    return _write(document, state, why, answer.signature, now)


@transaction.atomic
def _write(document: Document, state: Scan, why: str, signature: str, now: datetime) -> Document:
    """What two scans say at once is written once; what is clean or infected stays so."""
    rows = Document.objects.select_for_update(of=("self",), no_key=True)
    found = rows.select_related("enquiry").get(pk=document.pk)
    is_new = (found.scan, found.why_not_scanned) != (state, why)
    if found.was_undone or found.scan in (Scan.CLEAN, Scan.INFECTED) or not is_new:
        return found
    found.scan, found.why_not_scanned, found.signature = state, why, signature
    found.scanned_at = now
    found.save(update_fields=["scan", "why_not_scanned", "signature", "scanned_at"])
    audit.record(
        action="document.scanned",
        subject=found,
        by=None,
        now=now,
        office_id=found.enquiry.office_id,
        detail={"scan": str(state)},
    )
    if state == Scan.INFECTED:
        telling.document_infected(found, now=now)
    return found


def scan_again(*, scanner: Scanner, most: int, now: datetime) -> int:
    """Scan what still waits, and what found no scanner lately if there is one now; how many are known now.

    What has waited too long says that it was not scanned, also of a scanner that is dead.
    """
    known = silent = 0
    for document in _to_scan(scanner, now)[:most]:
        try:
            found = scan(document=document, scanner=scanner, now=now)
        except gateway.NoAnswer:
            silent += 1  # the next one may be answered; of several it is the scanner
            if silent == MOST_SILENT:
                break
            continue
        except gateway.Unreachable:
            break  # it will not be there for the next one either
        known += found.scan in (Scan.CLEAN, Scan.INFECTED)
    too_long = Document.objects.kept().filter(
        scan=Scan.WAITING, uploaded_at__lte=now - WAITS_AT_MOST
    )
    for document in too_long.order_by("uploaded_at", "pk")[:most]:
        _write(document, Scan.NOT_SCANNED, WhyNotScanned.UNREACHABLE, "", now)
    return known


def _to_scan(scanner: Scanner, now: datetime) -> DocumentQuerySet:
    """The oldest first."""
    wanted = Q(scan=Scan.WAITING)
    if not isinstance(scanner, gateway.NoScanner):
        wanted |= Q(
            scan=Scan.NOT_SCANNED,
            why_not_scanned__in=WITHOUT_A_SCANNER,
            uploaded_at__gte=now - AGAIN_WITHIN,
        )
    return Document.objects.kept().filter(wanted).order_by("uploaded_at", "pk")
