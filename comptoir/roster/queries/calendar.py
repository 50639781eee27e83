"""On which days the centre is closed: statutory holidays, and days that a person entered.

Which holidays are kept is a setting. Shipped: those of the federal government, the public ones of
Quebec (24 June), and Quebec's optional one, Easter Monday, which the federal public service keeps
beside Good Friday although the package lists it for no federal category (docs/guides/roster.md).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from functools import lru_cache

import holidays
from django.conf import settings
from django.utils.translation import gettext as _

from comptoir.domain import business_days
from comptoir.roster.models import ClosedDay
from comptoir.ui import languages

PACKAGE_LANGUAGES = {"en": "en_CA", "fr": "fr"}
"""What the package calls our two languages."""

OUR_WORDS = {
    "en": {"Saint Jean Baptiste Day": "Saint-Jean-Baptiste Day"},
    "fr": {"Boxing Day": "Lendemain de Noël", "(observé)": "(jour reporté)"},
}
"""Where the package's names are not those in use here."""


@dataclass(frozen=True, slots=True)
class Closure:
    """A day on which the centre is closed, and what it is called in both languages."""

    on: date
    name_en: str
    name_fr: str
    entered: ClosedDay | None = None

    @property
    def name(self) -> str:
        """The name in the language of the page."""
        return languages.in_this(self.name_en, self.name_fr)


class UnknownHolidays(Exception):
    """A set of holidays in the settings that the package does not have."""


def closures(first: date, last: date) -> dict[date, Closure]:
    """The closed days from `first` to `last`, both included, in order. One query."""
    found = _statutory(first, last)
    entered = ClosedDay.objects.filter(on__range=(first, last)).select_related("entered_by")
    for day in entered.order_by("on"):
        found[day.on] = Closure(day.on, day.name_en, day.name_fr, day)
    return dict(sorted(found.items()))


def closed_days(first: date, last: date) -> frozenset[date]:
    """The dates from `first` to `last`, both included, on which the centre is closed. One query."""
    entered = ClosedDay.objects.filter(on__range=(first, last)).values_list("on", flat=True)
    return frozenset(_statutory(first, last)) | frozenset(entered)


def is_open(on: date) -> bool:
    """Whether the centre works on this date."""
    return business_days.is_business_day(on, closed_days(on, on))


def horizon(today: date, count: int) -> date:
    """The date `count` business days after today (which never counts). One query."""
    return days_ahead(today, count)[-1]


def days_ahead(today: date, count: int) -> list[date]:
    """Today, whatever day it is, and the next `count` business days in order. One query."""
    reach = timedelta(days=2 * count + 14)
    while True:
        closed = closed_days(today, today + reach)
        found = [today]
        while len(found) <= count:
            found.append(business_days.add(found[-1], 1, closed))
        # Days beyond the closures that were read were taken for open: read further and count again.
        if found[-1] <= today + reach:
            return found
        reach *= 2


def open_days(first: date, last: date) -> list[date]:
    """The business days from `first` to `last`, both included. One query."""
    return business_days.between(first, last, closed_days(first, last))


def warning(last: date) -> str:
    """What to tell a team lead when the holidays of the days up to `last` are not known; else empty."""
    if last.year <= known_until():
        return ""
    return _(
        "Statutory holidays are known up to the end of %(year)s only. Bring the holidays package up "
        "to date before you publish later days, or enter their closed days by hand."
    ) % {"year": known_until()}


def known_until() -> int:
    """The last year whose statutory holidays the package knows, for every set that is kept."""
    return min(_country(kept)[0].end_year for kept in settings.SERVICE_HOLIDAYS)


def _statutory(first: date, last: date) -> dict[date, Closure]:
    return {
        on: closure
        for year in range(first.year, last.year + 1)
        for on, closure in _of_year(year, tuple(settings.SERVICE_HOLIDAYS)).items()
        if first <= on <= last
    }


@lru_cache(maxsize=64)
def _of_year(year: int, sets: tuple[str, ...]) -> Mapping[date, Closure]:
    """A year's holidays of all the sets; a date that several keep bears each of their names once."""
    names: dict[date, dict[str, list[str]]] = {}
    for kept in sets:
        for language in PACKAGE_LANGUAGES:
            for on, name in _named(kept, year, language).items():
                known = names.setdefault(on, {"en": [], "fr": []})[language]
                if name not in known:
                    known.append(name)
    return {
        on: Closure(on, " / ".join(name["en"]), " / ".join(name["fr"]))
        for on, name in names.items()
    }


def _named(kept: str, year: int, language: str) -> dict[date, str]:
    country, subdivision, category = _country(kept)
    found = country(
        years=year,
        subdiv=subdivision,
        categories=(category,),
        language=PACKAGE_LANGUAGES[language],
    )
    named = {}
    for on, names in found.items():
        for theirs, ours in OUR_WORDS[language].items():
            names = names.replace(theirs, ours)
        named[on] = names.replace("; ", " / ")
    return named


def _country(kept: str) -> tuple[type[holidays.HolidayBase], str | None, str]:
    place, _colon, category = kept.partition(":")
    code, _dash, subdivision = place.partition("-")
    country = getattr(holidays, code, None)
    if country is None or category not in country.supported_categories:
        raise UnknownHolidays(f"COMPTOIR_HOLIDAYS: the holidays package has no {kept!r}.")
    if subdivision and subdivision not in country.subdivisions:
        raise UnknownHolidays(f"COMPTOIR_HOLIDAYS: {code} has no subdivision {subdivision!r}.")
    return country, subdivision or None, category
