"""Which texts there are for an enquiry, what their variables say, and how often each was sent."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from django.db.models import Count, Q, QuerySet

from comptoir.domain import wording
from comptoir.enquiries.models import (
    Enquiry,
    Promise,
    Text,
    TextKind,
    TextUse,
    TextVersion,
    TextVersionQuerySet,
)
from comptoir.people.models import sort_key
from comptoir.ui import clock as service
from comptoir.ui import times

VARIABLES = ("reference", "due_date", "received_date", "line", "applicant", "application_number")
"""What a text may say of its enquiry. The last two are about a case."""

ABOUT_A_CASE = frozenset({"applicant", "application_number"})


def sendable(words: str, now: datetime, *, kind: str = "") -> TextVersionQuerySet:
    """The versions in use whose titles or bodies, in either language, hold all of the words."""
    found = TextVersion.objects.in_use(now)
    if kind in TextKind.values:
        found = found.filter(text__kind=kind)
    for word in sort_key(words).split():
        found = found.filter(search_key__contains=word)
    return found.order_by("text__code")


def fitting(enquiry: Enquiry, words: str, now: datetime) -> TextVersionQuerySet:
    """The same for one enquiry: what is for its topic and line of business first."""
    near = Q(text__topic=enquiry.topic) | Q(text__line_of_business=enquiry.line_of_business)
    return sendable(words, now).annotate(near=near).order_by("-near", "text__code")


def values(enquiry: Enquiry, language: str) -> dict[str, str]:
    """What each variable says of this enquiry, in the language of the answer; "" if nothing."""
    clock = enquiry.clocks.running().filter(promise=Promise.FINAL).first()
    line = enquiry.line.name_fr if language == "fr" else enquiry.line.name_en
    zone = service.service_zone()
    due = "" if clock is None else times.long_date(clock.due_at, zone=zone, language=language)
    return {
        "reference": enquiry.reference,
        "due_date": due,
        "received_date": times.long_date(enquiry.received_on, language=language),
        "line": line,
        "applicant": enquiry.applicant_name,
        "application_number": enquiry.application_number,
    }


def filled(version: TextVersion, enquiry: Enquiry, language: str) -> str:
    """The text as the asker would read it; raises wording.MissingValue."""
    return wording.filled(version.body(language), values(enquiry, language))


def is_about_a_case(text: Text, bodies: Mapping[str, str]) -> bool:
    """Whether a text may be sent only once both gates are open."""
    named = {name for body in bodies.values() for name in wording.variables(body)}
    return text.is_case_specific or bool(named & ABOUT_A_CASE)


def uses(text: Text) -> Mapping[int, int]:
    """How often each version of a text was sent, by its key."""
    counted: QuerySet[TextUse, tuple[int, int]] = (
        TextUse.objects.filter(version__text=text)
        .values("version")
        .annotate(number=Count("pk"))
        .values_list("version", "number")
    )
    return dict(counted)
