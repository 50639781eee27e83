"""Disposal: which rows of each room go and when, as the settings say. The rooms do it.

Nothing that is under legal hold is touched, and a hold that cannot be understood holds everything.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.conf import settings

from comptoir.enquiries.actions import disposal as enquiries
from comptoir.enquiries.actions import mail_disposal
from comptoir.enquiries.queries import disposal as enquiry_queries
from comptoir.ledger import queries as ledger_queries
from comptoir.liaison.actions import disposal as cases
from comptoir.liaison.queries import disposal as case_queries
from comptoir.notices import outbox
from comptoir.notices import queries as notice_queries
from comptoir.people.actions import disposal as people
from comptoir.people.models import Office
from comptoir.people.queries import disposal as people_queries

EVERYTHING = "all"


class UnknownHold(Exception):
    """The legal hold names an office that does not exist: a slip there must not destroy anything."""


@dataclass(frozen=True, slots=True)
class Hold:
    """What must not be disposed of."""

    everything: bool
    offices: frozenset[int]

    @property
    def is_on(self) -> bool:
        """Whether anything is held."""
        return self.everything or bool(self.offices)


@dataclass(frozen=True, slots=True)
class Bounds:
    """Before which instants each kind of row must have been used last."""

    cases: datetime
    notices: datetime
    invitations: datetime
    mail_files: datetime
    rejected_rows: datetime


def hold() -> Hold:
    """The legal hold of the settings. Raises UnknownHold."""
    words = list(settings.LEGAL_HOLD)
    if EVERYTHING in words:
        return Hold(everything=True, offices=frozenset())
    found = dict(Office.objects.filter(reference__in=words).values_list("reference", "pk"))
    unknown = [word for word in words if word not in found]
    if unknown:
        raise UnknownHold(
            f"COMPTOIR_LEGAL_HOLD names {', '.join(unknown)}, which no office is called. "
            "Nothing is disposed of until it is put right."
        )
    return Hold(everything=False, offices=frozenset(found.values()))


def bounds(now: datetime) -> Bounds:
    """The bounds that the settings draw."""
    return Bounds(
        cases=now - timedelta(days=settings.KEEP_CASES_DAYS),
        notices=now - timedelta(days=settings.KEEP_NOTICES_DAYS),
        invitations=now - timedelta(days=settings.KEEP_INVITATIONS_DAYS),
        mail_files=now - timedelta(days=settings.KEEP_MAIL_FILES_DAYS),
        rejected_rows=now - timedelta(days=settings.KEEP_REJECTED_ROWS_DAYS),
    )


def due(now: datetime) -> Counter[str]:
    """What `dispose` would do now, counted; nothing is touched. Raises UnknownHold."""
    held, until = hold(), bounds(now)
    if held.everything:
        return Counter()
    offices = held.offices
    files = [] if held.is_on else outbox.files_before(until.mail_files)
    rows = ledger_queries.disposable_rows(until.rejected_rows)
    return Counter(
        appointments=case_queries.disposable(before=until.cases, held=offices).count(),
        enquiries=enquiry_queries.disposable(before=until.cases, held=offices).count(),
        notices=notice_queries.disposable(before=until.notices, held=offices).count(),
        invitations=people_queries.invitations(before=until.invitations, held=offices).count(),
        mail_files=len(files),
        mails=0 if held.is_on else enquiry_queries.mail_of_nothing(before=until.cases).count(),
        rejected_rows=0 if held.is_on else rows.count(),
    )


def dispose(now: datetime) -> Counter[str]:
    """Dispose of what is due, in every room, each on record; how many rows. Raises UnknownHold."""
    held, until = hold(), bounds(now)
    if held.everything:
        return Counter()
    offices = held.offices
    done = cases.dispose_before(before=until.cases, held=offices, by=None, now=now)
    done += enquiries.dispose_before(before=until.cases, held=offices, by=None, now=now)
    done["notices"] = people.dispose_of_notices_before(
        before=until.notices, held=offices, by=None, now=now
    )
    done["invitations"] = people.dispose_of_invitations_before(
        before=until.invitations, held=offices, by=None, now=now
    )
    if not held.is_on:
        # None says whose office it is about: while anything is held, all of them stay.
        done["mails"] = mail_disposal.dispose_before(before=until.cases, by=None, now=now)
        done["mail_files"] = people.dispose_of_mail_files_before(
            before=until.mail_files, by=None, now=now
        )
        done["rejected_rows"] = people.dispose_of_rejected_rows_before(
            before=until.rejected_rows, by=None, now=now
        )
    return done
