"""What a team lead does with mail that was set aside: read it on record, take it in, or refuse it."""

from __future__ import annotations

from datetime import datetime

from django.db import models, transaction
from django.utils.translation import gettext_lazy as _

from comptoir.audit import actions as audit
from comptoir.audit.models import Verb
from comptoir.enquiries import mail_reading
from comptoir.enquiries.actions import mailing
from comptoir.enquiries.models import SET_ASIDE, Decision, InboundMail, Line
from comptoir.enquiries.queries import promises
from comptoir.people.models import Person


class Refusal(models.TextChoices):
    """Why a mail is refused."""

    JUNK = "junk", _("Advertising or fraud")
    ABUSE = "abuse", _("Abuse")
    NOT_OURS = "not_ours", _("Not for this centre")
    KNOWN = "known", _("The same was received in another way")


class CannotDecide(Exception):
    """Nothing was changed."""


class DecidedAlready(CannotDecide):
    """Somebody decided it meanwhile."""


class NoOpenLine(CannotDecide):
    """No line takes it by itself, and none was chosen."""


class LineNotOpen(CannotDecide):
    """The line that was chosen is closed, or a drill's, which takes nothing real."""


class NothingPromised(CannotDecide):
    """The line has no service target yet, so that no due date could be told."""


def opened(*, mail: InboundMail, by: Person, now: datetime) -> None:
    """Put on record that somebody read it."""
    audit.record(verb=Verb.SAW, action="mail.opened", subject=mail, by=by, now=now)


@transaction.atomic
def take_in(
    *, mail: InboundMail, by: Person, now: datetime, line: Line | None = None
) -> InboundMail:
    """Make it a new enquiry, never a text of the one that it names, on the line that takes it by itself or
    on the one that is chosen. Raises CannotDecide.
    """
    found = _locked(mail)
    if line is not None and not Line.objects.open_at(now).counted().filter(pk=line.pk).exists():
        raise LineNotOpen
    read = mail_reading.read(bytes(found.original))
    try:
        outcome = mailing.take_in(mail=found, read=read, now=now, line=line)
    except promises.NothingPromised as error:
        raise NothingPromised from error
    if outcome.decision == Decision.QUARANTINED:
        raise NoOpenLine
    mailing.settle(mail=found, outcome=outcome, by=by, now=now)
    audit.record(action="mail.taken_in", subject=found, by=by, now=now)
    return found


@transaction.atomic
def refuse(*, mail: InboundMail, why: Refusal, by: Person, now: datetime) -> InboundMail:
    """Leave it unanswered, with the reason. Raises DecidedAlready."""
    found = _locked(mail)
    outcome = mailing.Outcome(Decision.REFUSED, why, found.enquiry)
    mailing.settle(mail=found, outcome=outcome, by=by, now=now)
    audit.record(action="mail.refused", subject=found, by=by, now=now, detail={"reason": str(why)})
    return found


def _locked(mail: InboundMail) -> InboundMail:
    rows = InboundMail.objects.select_for_update(of=("self",), no_key=True)
    found = rows.filter(pk=mail.pk, decision__in=SET_ASIDE).first()
    if found is None:
        raise DecidedAlready
    return found
