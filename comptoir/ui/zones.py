"""The time zones of Canada by the city that people know them by, in both languages.

A zone is always named by a city, never by an abbreviation: "MST" means two different times within
British Columbia, and the province's own rule has changed.
"""

from __future__ import annotations

from dataclasses import dataclass
from zoneinfo import ZoneInfo

from babel.dates import get_timezone_location

LOCALES = {"en": "en_CA", "fr": "fr_CA"}
"""The CLDR locale behind each official language."""


@dataclass(frozen=True, slots=True)
class City:
    """The city that stands for a zone, in English and in French."""

    english: str
    french: str

    def named_in(self, language: str) -> str:
        """The city's name in that language."""
        return self.french if language == "fr" else self.english


CANADA: dict[str, City] = {
    "America/Vancouver": City("Vancouver", "Vancouver"),
    "America/Whitehorse": City("Whitehorse", "Whitehorse"),
    "America/Dawson": City("Dawson City", "Dawson City"),
    "America/Fort_Nelson": City("Fort Nelson", "Fort Nelson"),
    "America/Dawson_Creek": City("Dawson Creek", "Dawson Creek"),
    "America/Creston": City("Creston", "Creston"),
    "America/Edmonton": City("Edmonton", "Edmonton"),
    "America/Inuvik": City("Inuvik", "Inuvik"),
    "America/Yellowknife": City("Yellowknife", "Yellowknife"),
    "America/Cambridge_Bay": City("Cambridge Bay", "Cambridge Bay"),
    "America/Swift_Current": City("Swift Current", "Swift Current"),
    "America/Regina": City("Regina", "Regina"),
    "America/Winnipeg": City("Winnipeg", "Winnipeg"),
    "America/Rankin_Inlet": City("Rankin Inlet", "Rankin Inlet"),
    "America/Resolute": City("Resolute", "Resolute"),
    "America/Atikokan": City("Atikokan", "Atikokan"),
    "America/Thunder_Bay": City("Thunder Bay", "Thunder Bay"),
    "America/Toronto": City("Toronto", "Toronto"),
    "America/Montreal": City("Montréal", "Montréal"),
    "America/Iqaluit": City("Iqaluit", "Iqaluit"),
    "America/Blanc-Sablon": City("Blanc-Sablon", "Blanc-Sablon"),
    "America/Moncton": City("Moncton", "Moncton"),
    "America/Halifax": City("Halifax", "Halifax"),
    "America/Glace_Bay": City("Glace Bay", "Glace Bay"),
    "America/Goose_Bay": City("Happy Valley-Goose Bay", "Happy Valley-Goose Bay"),
    "America/St_Johns": City("St. John’s", "St. John’s"),
}
"""West to east, the order in which forms offer them."""


def city(zone: ZoneInfo, language: str) -> str:
    """The city that names a zone; outside Canada, the one that CLDR gives in that language."""
    known = CANADA.get(zone.key)
    if known is not None:
        return known.named_in(language)
    if zone.key == "UTC":
        return "UTC"
    return get_timezone_location(zone, locale=LOCALES[language], return_city=True)


def phrase(zone: ZoneInfo, language: str) -> str:
    """How a sentence names a zone: "Vancouver time", "heure de Vancouver", "heure d’Edmonton"."""
    name = city(zone, language)
    if language != "fr":
        return f"{name} time" if name != "UTC" else name
    if name == "UTC":
        return "temps universel coordonné"
    return f"heure d’{name}" if name[0].casefold() in "aeiouéèê" else f"heure de {name}"


def choices(language: str) -> list[tuple[str, str]]:
    """What a form offers: every zone of Canada, west to east."""
    return [(key, place.named_in(language)) for key, place in CANADA.items()]
