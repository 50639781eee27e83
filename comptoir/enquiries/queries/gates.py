"""Whether what is about a case may be told to whoever asked: the two gates, from what is on record."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from django.utils.translation import override

from comptoir.domain import gates
from comptoir.domain.gates import Closed, Facts, Open
from comptoir.enquiries import mail_contents
from comptoir.enquiries.models import (
    AskerKind,
    Authorization,
    Channel,
    Direction,
    Enquiry,
    Message,
)
from comptoir.people.models import Language
from comptoir.ui import times

HOLDS_FOR = timedelta(days=30)
"""How long what was confirmed, or overridden, opens the gates of one enquiry (ours)."""


def verdict(enquiry: Enquiry, now: datetime, facts: Facts = Facts.CASE) -> Open | Closed:
    """Open with its basis, or closed with the reasons. Three queries; four if an office is named."""
    applicant = enquiry.applicant_key
    return gates.may_tell(
        facts,
        applicant=applicant,
        application=enquiry.application_number or None,
        identity=_identity(enquiry, applicant),
        authorizations=[_as_rule(one) for one in Authorization.objects.of_asker(enquiry, now)],
        override=_override(enquiry, now),
        now=now,
        valid_for=HOLDS_FOR,
    )


def may_be_applicant(enquiry: Enquiry, verdict: Open | Closed) -> bool:
    """Whether it only remains to record that the asker is the applicant: who asks is confirmed, they said
    that they ask about themself, and nothing else was ever recorded for their address, withdrawn or of
    another applicant. A mail says nothing of who its writer is.
    """
    said_so = enquiry.asker_kind == AskerKind.CLIENT and enquiry.channel != Channel.EMAIL
    return (
        said_so
        and bool(enquiry.asker_email)
        and isinstance(verdict, Closed)
        and verdict.only_lacks_authorization
    )


def basis_code(opened: Open) -> str:
    """By what the gates were opened, for the trail."""
    if isinstance(opened.basis, gates.Authorization):
        return str(opened.basis.kind)
    return "override" if opened.basis is not None else "general"


@dataclass(frozen=True, slots=True)
class CaseFacts:
    """What a page shows of a case: whole once the gates are open.

    Before that numbers end in the digits that tell them apart, and what the centre has told of the case
    is kept back, as it may have been told to somebody else, or long ago. What the asker wrote stays: it is
    theirs, and is compared with the record. What colleagues noted about the case is kept back like what
    was told; not where nobody says whose case it is, as there the gates never open.
    """

    is_open: bool
    has_applicant: bool
    uci: str
    application_number: str

    def keeps_back(self, message: Message) -> bool:
        """Whether this text is not shown for now."""
        if self.is_open or not message.is_case_specific:
            return False
        is_note = message.direction == Direction.NOTE
        return message.direction == Direction.OUT or (is_note and self.has_applicant)


SHOWN = 3
"""How many of the last characters of a number are read before the gates are open (ours)."""


def tells_of_a_case(enquiry: Enquiry, text: str) -> bool:
    """Whether a text holds what tells one case from another, whatever its writer says of it: the numbers
    or the date of birth of this one, or anything in the form of a client's or an application number.
    """
    if mail_contents.application_numbers("", text) or mail_contents.ucis(text):
        return True
    signs = "".join(filter(str.isalnum, text)).casefold()
    numbers = (enquiry.uci, enquiry.application_number.casefold())
    return any(number in signs for number in filter(None, numbers)) or any(
        date in text.casefold() for date in _written(enquiry.applicant_born_on)
    )


def _written(born_on: date | None) -> Iterator[str]:
    """A date as people write it in both languages."""
    if born_on is None:
        return
    yield born_on.isoformat()
    for language in Language.values:
        with override(language):
            yield times.plain_date(born_on).casefold()


def facts(enquiry: Enquiry, verdict: Open | Closed) -> CaseFacts:
    """What the page of an enquiry shows of the case."""
    numbers = (enquiry.uci, enquiry.application_number)
    has_applicant = bool(enquiry.applicant_key)
    if isinstance(verdict, Open):
        return CaseFacts(True, has_applicant, *numbers)
    return CaseFacts(False, has_applicant, *(_masked(number) for number in numbers))


def _masked(number: str) -> str:
    return "•" * len(number[:-SHOWN]) + number[-SHOWN:]


def _identity(enquiry: Enquiry, applicant: str) -> gates.Identity:
    rows = enquiry.confirmations.filter(applicant=applicant).order_by("at")
    return gates.Identity(
        applicant, tuple(gates.Confirmation(gates.Piece(one.piece), one.at) for one in rows)
    )


def _override(enquiry: Enquiry, now: datetime) -> gates.Override | None:
    found = enquiry.overrides.agreed_since(now - HOLDS_FOR).order_by("answered_at").last()
    if found is None or found.answered_at is None:
        return None
    return gates.Override(
        found.applicant,
        str(found.asked_by_id),
        str(found.answered_by_id),
        found.reason,
        found.answered_at,
    )


def _as_rule(row: Authorization) -> gates.Authorization:
    return gates.Authorization(
        row.applicant,
        gates.Kind(row.capacity),
        row.starts_at,
        row.ends_at,
        row.withdrawn_at,
        frozenset(row.applications) or None,
    )
