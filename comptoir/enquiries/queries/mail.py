"""What is known when a mail comes: whose mails name which enquiry, who takes part, what was answered."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable
from datetime import date, datetime

from django.db.models import Count, Q

from comptoir.domain import mail_signs, threading
from comptoir.enquiries import mail_keys
from comptoir.enquiries.models import (
    AskerKind,
    Decision,
    Enquiry,
    InboundMail,
    Line,
    LineKind,
    OutboundMail,
    State,
    Undelivered,
    UndeliveredQuerySet,
)
from comptoir.people.models import OFFICE_ROLES, Grant, Office

MOST_STEPS = 10
"""How often an enquiry may have been joined to one that was joined to another."""


def known(asked: threading.Asked, now: datetime) -> threading.Known:
    """The enquiries that a mail names, and who takes part in each. One that was disposed of is not known."""
    ids = list(asked.message_ids)
    items: dict[str, set[str]] = defaultdict(set)
    sent = OutboundMail.objects.filter(sent_as__in=ids, message__enquiry__disposed_at=None)
    came = InboundMail.objects.filter(
        message_id__in=ids, messages__isnull=False, messages__enquiry__disposed_at=None
    )
    for message_id, reference in sent.values_list("sent_as", "message__enquiry__reference"):
        items[message_id].add(reference)
    for message_id, reference in came.values_list("message_id", "messages__enquiry__reference"):
        items[message_id].add(reference)
    references = {*asked.signed, *(each for found in items.values() for each in found)}
    return threading.Known(items, _participants(references, now))


def earlier_ones_pending(mail: InboundMail, message_ids: Collection[str]) -> bool:
    """Whether a mail that this one follows came before it and is not decided: where it belongs is not
    known yet. Of two mails that name each other only the later one waits.
    """
    named = InboundMail.objects.pending().filter(message_id__in=message_ids)
    earlier = Q(received_at__lt=mail.received_at) | Q(received_at=mail.received_at, pk__lt=mail.pk)
    return bool(message_ids) and named.filter(earlier).exists()


def _participants(references: Iterable[str], now: datetime) -> dict[str, set[str]]:
    """Who asked, and where a text was sent again; of an office's enquiry all who act for that office now."""
    found = {}
    for enquiry in Enquiry.objects.filter(reference__in=list(references), disposed_at=None):
        written_to = _sent_again(enquiry).values_list("again__to", flat=True)
        people = {enquiry.asker_email, *written_to} - {""}
        if enquiry.asker_kind == AskerKind.OFFICE and enquiry.office_id:
            acting = Grant.objects.in_force(now).filter(
                office_id=enquiry.office_id, role__in=OFFICE_ROLES
            )
            people |= set(acting.values_list("person__email", flat=True))
        found[enquiry.reference] = people
    return found


def address_of(enquiry: Enquiry) -> str:
    """Where mail about it goes: where a text was sent again last, else whence it was asked."""
    newest = _sent_again(enquiry).order_by("-handled_at", "-pk")
    return newest.values_list("again__to", flat=True).first() or enquiry.asker_email


def _sent_again(enquiry: Enquiry) -> UndeliveredQuerySet:
    return Undelivered.objects.filter(again__message__enquiry=enquiry)


def where_it_stands(reference: str) -> Enquiry:
    """The enquiry's row, locked, or that of the one it was joined to."""
    rows = Enquiry.objects.select_for_update(of=("self",), no_key=True)
    enquiry = rows.get(reference=reference)
    for _ in range(MOST_STEPS):
        if enquiry.state != State.JOINED or enquiry.joined_to_id is None:
            break
        enquiry = rows.get(pk=enquiry.joined_to_id)
    return enquiry


def office_of(address: str, now: datetime) -> Office | None:
    """The office that the owner of this address acts for; of several the one they have longest. None of
    nobody's address.
    """
    if not address:
        return None
    held = Grant.objects.in_force(now).filter(
        person__email__iexact=address, role__in=OFFICE_ROLES, office__isnull=False
    )
    first = held.select_related("office").order_by("starts_at", "pk").first()
    return None if first is None else first.office


def line_that_takes(mailbox: str, office: Office | None, now: datetime) -> Line | None:
    """The open line that takes a mail to this mailbox by itself: of an office's mail the line for offices,
    wherever it was sent.
    """
    of_offices = line_of_offices(now) if office is not None else None
    return of_offices or line_of(mailbox, now)


def line_of(mailbox: str, now: datetime) -> Line | None:
    """The open line to which a mailbox belongs."""
    return Line.objects.open_at(now).filter(mailbox__iexact=mailbox).order_by("pk").first()


def line_of_offices(now: datetime) -> Line | None:
    """The line for legislators' offices."""
    lines = Line.objects.open_at(now).filter(kind=LineKind.LEGISLATORS, is_drill=False)
    return lines.order_by("pk").first()


def answers_near(address: str, now: datetime) -> list[mail_signs.Answer]:
    """What was acknowledged by itself to the domain within the longest window, the newest first."""
    caps = mail_keys.caps()
    domain, person = mail_signs.domain_of(address), mail_signs.person_of(address)
    since = now - max(caps.person_within, caps.domain_within)
    rows = InboundMail.objects.filter(sender_domain=domain, answered_at__gt=since)
    rows = rows.order_by("-answered_at")
    columns = ("pk", "sender", "answered_at")
    newest = rows.values_list(*columns)[: caps.of_domain(domain)]
    own = rows.filter(sender_person=person).values_list(*columns)[: caps.person]
    return [mail_signs.Answer(who, at) for _, who, at in {*newest, *own} if at is not None]


def same_elsewhere(mail: InboundMail) -> InboundMail | None:
    """The same mail in another mailbox of ours, that became something."""
    if not mail.message_id:
        return None
    return (
        InboundMail.objects.filter(
            message_id=mail.message_id,
            content_hash=mail.content_hash,
            decision__in=(Decision.NEW, Decision.JOINED),
        )
        .exclude(pk=mail.pk)
        .defer("original")
        .order_by("pk")
        .first()
    )


def counts_by_day(first: date, last: date) -> dict[date, dict[str, int]]:
    """How many mails of each day were decided how."""
    rows = (
        InboundMail.objects.filter(received_on__gte=first, received_on__lte=last)
        .values_list("received_on", "decision")
        .annotate(count=Count("pk"))
        .order_by("-received_on", "decision")
    )
    found: dict[date, dict[str, int]] = {}
    for on, decision, count in rows:
        found.setdefault(on, {})[decision] = count
    return found
