"""What an agent is offered while writing an answer: texts filled in for the enquiry, or why not."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime

from comptoir.domain import wording
from comptoir.enquiries.models import Enquiry, EnquiryQuerySet, State, TextVersion
from comptoir.enquiries.queries import library, texts
from comptoir.people.models import Person

OFFERED = 8
"""How many texts are offered at a time (ours): more are found by a word."""

HELD = 20
"""How many enquiries in hand an article offers itself to (ours)."""


@dataclass(frozen=True, slots=True)
class Offered:
    """One text in the language of the answer. `missing` names what the enquiry does not say."""

    version: TextVersion
    language: str
    title: str
    body: str
    missing: str
    is_barred: bool

    @property
    def can_be_inserted(self) -> bool:
        """Nothing is missing, and the gates are open if it is about a case."""
        return not self.missing and not self.is_barred


@dataclass(frozen=True, slots=True)
class Offer:
    """The texts offered, and whether there are more than are shown."""

    texts: list[Offered]
    has_more: bool


def offer(enquiry: Enquiry, words: str, language: str, *, is_open: bool, now: datetime) -> Offer:
    """The texts that fit an enquiry and hold the words, those for its topic first."""
    versions = list(texts.fitting(enquiry, words, now)[: OFFERED + 1])
    said = texts.values(enquiry, language)
    offered = [_offered(one, said, language, is_open) for one in versions[:OFFERED]]
    return Offer(offered, len(versions) > OFFERED)


def offered(
    enquiry: Enquiry, key: int, language: str, *, is_open: bool, now: datetime
) -> Offered | None:
    """One text by the key of its version; None if that is not in use."""
    version = TextVersion.objects.in_use(now).filter(pk=key).first()
    if version is None:
        return None
    return _offered(version, texts.values(enquiry, language), language, is_open)


def quoted(keys: Collection[int], now: datetime) -> list[TextVersion]:
    """Those of the keys that are versions in use, by name."""
    return list(TextVersion.objects.in_use(now).filter(pk__in=keys).order_by("text__code"))


def in_hands_of(person: Person, enquiries: EnquiryQuerySet) -> list[Enquiry]:
    """The enquiries whose answer this person may be writing, the oldest first."""
    held = enquiries.filter(assignee=person, state__in=(State.IN_HAND, State.ON_HOLD))
    return list(held.in_order()[:HELD])


def _offered(version: TextVersion, said: dict[str, str], language: str, is_open: bool) -> Offered:
    title = version.title_fr if language == "fr" else version.title_en
    body, missing = version.body(language), ""
    try:
        body = wording.filled(body, said)
    except wording.MissingValue as lacking:
        missing = str(library.MEANINGS.get(lacking.name, lacking.name))
    is_barred = version.text.is_case_specific and not is_open
    return Offered(version, language, title, body, missing, is_barred)
