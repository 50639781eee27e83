"""All texts whatever became of them, for who writes and approves them; and what was done to one."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum

from django.db.models import BigIntegerField, Count, Exists, F, OuterRef, Q, QuerySet, Subquery
from django.utils.translation import gettext_lazy as _

from comptoir.audit.models import Event
from comptoir.domain import wording
from comptoir.enquiries.models import Text, TextUse, TextVersion
from comptoir.enquiries.queries import story
from comptoir.people.models import sort_key
from comptoir.ui import times

HISTORY_SHOWN = 50


class Standing(StrEnum):
    """Where a text stands; one that is in use may have a newer version to be approved."""

    IN_USE = "in_use"
    TO_APPROVE = "to_approve"
    RETIRED = "retired"


STANDINGS = {
    Standing.IN_USE: _("In use"),
    Standing.TO_APPROVE: _("To be approved"),
    Standing.RETIRED: _("Retired"),
}


@dataclass(frozen=True, slots=True)
class Listed:
    """One text of a list: under the words in use, or under its newest if none are."""

    text: Text
    shown: TextVersion
    is_in_use: bool
    waits: bool
    sent: int


def found(
    words: str, fits: Mapping[str, str], standing: str, now: datetime
) -> QuerySet[Text, Text]:
    """The texts whose words in use, or newest words, hold all of these in either language.

    `fits` is what they are for: kind, topic, line_of_business. What is retired shows only if asked for.
    """
    versions = TextVersion.objects.filter(text=OuterRef("pk")).order_by("-number")
    texts = Text.objects.filter(**fits).annotate(
        newest=Subquery(versions.values("pk")[:1]),
        in_use=Subquery(versions.filter(approved_at__lte=now).values("pk")[:1]),
    )
    if standing == Standing.RETIRED:
        texts = texts.exclude(retired_at=None)
    else:
        texts = texts.filter(retired_at=None)
    if standing == Standing.IN_USE:
        texts = texts.exclude(in_use=None)
    if standing == Standing.TO_APPROVE:
        texts = texts.filter(Q(in_use=None) | ~Q(newest=F("in_use")))
    asked = sort_key(words).split()
    if asked:
        spoken = Q()
        for word in asked:
            spoken &= Q(search_key__contains=word)
        either = Q(pk=OuterRef("newest")) | Q(pk=OuterRef("in_use"))
        texts = texts.filter(Exists(TextVersion.objects.filter(either, spoken)))
    return texts.order_by("code")


def listed(texts: Sequence[Text]) -> list[Listed]:
    """What a page of `found` shows: two queries."""
    versions = TextVersion.objects.in_bulk(
        {key for text in texts for key in _keys(text) if key is not None}
    )
    sent: dict[int, int] = dict(
        TextUse.objects.filter(version__text__in=[text.pk for text in texts])
        .values("version__text")
        .annotate(number=Count("pk", output_field=BigIntegerField()))
        .values_list("version__text", "number")
    )
    rows = []
    for text in texts:
        newest, in_use = _keys(text)
        key = newest if in_use is None else in_use
        if key is not None:
            is_used = in_use is not None and text.retired_at is None
            waits = newest != in_use and text.retired_at is None
            rows.append(Listed(text, versions[key], is_used, waits, sent.get(text.pk, 0)))
    return rows


def versions_of(text: Text) -> list[TextVersion]:
    """Every version, the newest first, with who wrote and who approved it."""
    return list(text.versions.select_related("written_by", "approved_by").order_by("-number"))


def in_use_of(versions: Sequence[TextVersion], now: datetime) -> TextVersion | None:
    """Of one text's versions, the newest that was approved."""
    approved = [v for v in versions if v.approved_at is not None and v.approved_at <= now]
    return max(approved, key=lambda version: version.number, default=None)


def history(text: Text) -> list[story.Happened]:
    """What was done to a text, the latest first."""
    events = Event.objects.filter(object_type=Text._meta.label, object_id=str(text.pk))
    return [story.in_words(event) for event in events.order_by("-pk")[:HISTORY_SHOWN]]


MEANINGS = {
    "reference": _("the reference of the enquiry"),
    "due_date": _("the day by which the final answer is due"),
    "received_date": _("the day the enquiry came"),
    "line": _("the name of the line"),
    "applicant": _("the applicant’s name: about a case"),
    "application_number": _("the application number: about a case"),
}
"""What each variable of a text stands for."""


def samples(language: str) -> dict[str, str]:
    """A value for each variable, to look at a text before any enquiry fills it in."""
    french = language == "fr"
    return {
        "reference": "EABCD-2345",
        "due_date": times.long_date(date(2026, 11, 30), language=language),
        "received_date": times.long_date(date(2026, 11, 16), language=language),
        "line": "Soutien à la clientèle" if french else "Client support",
        "applicant": "Prénom Exemple" if french else "Sample Applicant",
        "application_number": "C000111222",
    }


def sampled(body: str, language: str) -> str:
    """A body as a client would see it, with sample values; as it stands where it cannot be filled."""
    try:
        return wording.filled(body, samples(language))
    except wording.MissingValue:
        return body


def _keys(text: Text) -> tuple[int | None, int | None]:
    """The newest version and the one in use, as `found` noted them."""
    noted = vars(text)
    return noted["newest"], noted["in_use"]
