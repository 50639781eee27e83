"""Instants, days and lengths of time as people read them, in both languages.

Every time of day names its zone by a city, unless the caller says that the zone stands elsewhere on
the page. Without a zone the reader's is used, the one Django has active. Conversion is Python's,
from the pinned tzdata wheel; words are CLDR's for Canada. Spaces inside a time do not break.
"""

from __future__ import annotations

from datetime import date, datetime, timedelta
from functools import lru_cache
from zoneinfo import ZoneInfo

from babel.dates import format_date, format_skeleton
from django.utils import timezone
from django.utils.translation import get_language

from comptoir.ui import zones

NBSP = "\N{NO-BREAK SPACE}"

RELATIVE = {
    "en": {-1: "yesterday", 0: "today", 1: "tomorrow"},
    "fr": {-1: "hier", 0: "aujourd’hui", 1: "demain"},
}


def language_or_active(language: str | None = None) -> str:
    """`en` or `fr`: what was asked for, else the language of the page."""
    asked = language or get_language() or "en"
    return "fr" if asked.startswith("fr") else "en"


def active_zone() -> ZoneInfo:
    """The reader's zone. Middleware activates it for each request."""
    return ZoneInfo(timezone.get_current_timezone_name())


def local(at: datetime, zone: ZoneInfo | None = None) -> datetime:
    """An instant on the clocks of a zone. A naive value is a bug, hence refused."""
    if at.tzinfo is None:
        raise ValueError("A time without a zone cannot be shown.")
    return at.astimezone(zone or active_zone())


def time_of_day(
    at: datetime, *, zone: ZoneInfo | None = None, language: str | None = None, named: bool = True
) -> str:
    """ "11:00 a.m. (Vancouver time)", "11 h (heure de Vancouver)"; without the zone if not `named`."""
    language, zone = language_or_active(language), zone or active_zone()
    clock = _clock(local(at, zone), language)
    return f"{clock} ({zones.phrase(zone, language)})" if named else clock


def time_range(
    start: datetime,
    end: datetime,
    *,
    zone: ZoneInfo | None = None,
    language: str | None = None,
    named: bool = True,
) -> str:
    """ "11:00 to 11:45 a.m. (Vancouver time)", "de 11 h à 11 h 45 (heure de Vancouver)"."""
    language, zone = language_or_active(language), zone or active_zone()
    first, last = local(start, zone), local(end, zone)
    if language == "fr":
        text = f"de {_clock(first, language)} à {_clock(last, language)}"
    elif (first.hour < 12) == (last.hour < 12) and first.date() == last.date():
        text = f"{_twelve_hours(first)} to {_clock(last, language)}"
    else:
        text = f"{_clock(first, language)} to {_clock(last, language)}"
    return f"{text} ({zones.phrase(zone, language)})" if named else text


def long_date(
    value: date | datetime, *, zone: ZoneInfo | None = None, language: str | None = None
) -> str:
    """ "Tuesday, December 15, 2026", "mardi 15 décembre 2026"; the first of a month is "1er"."""
    return _with_day(value, "full", zone, language_or_active(language))


def plain_date(
    value: date | datetime, *, zone: ZoneInfo | None = None, language: str | None = None
) -> str:
    """ "December 15, 2026", "15 décembre 2026"."""
    return _with_day(value, "long", zone, language_or_active(language))


def short_date(
    value: date | datetime, *, zone: ZoneInfo | None = None, language: str | None = None
) -> str:
    """ "Tue, Dec 15", "mar. 15 déc.", for places where the year is plain."""
    language = language_or_active(language)
    text = format_skeleton("MMMEd", _day(value, zone), locale=zones.LOCALES[language])
    return text if language == "en" else _first_of_month(text, _day(value, zone))


def badge(
    value: date | datetime, *, zone: ZoneInfo | None = None, language: str | None = None
) -> tuple[str, str, str]:
    """("Tue", "15", "Dec"), ("mar.", "15", "déc."): a day on a leaf of a calendar."""
    day, locale = _day(value, zone), zones.LOCALES[language_or_active(language)]
    weekday, month = (format_date(day, form, locale=locale) for form in ("EEE", "MMM"))
    return weekday, str(day.day), month


def weekday(
    value: date | datetime, *, zone: ZoneInfo | None = None, language: str | None = None
) -> str:
    """ "Tuesday", "mardi"."""
    locale = zones.LOCALES[language_or_active(language)]
    return format_date(_day(value, zone), "EEEE", locale=locale)


def month(
    value: date | datetime, *, zone: ZoneInfo | None = None, language: str | None = None
) -> str:
    """ "December 2026", "décembre 2026"."""
    locale = zones.LOCALES[language_or_active(language)]
    return format_date(_day(value, zone), "LLLL y", locale=locale)


def moment(
    at: datetime, *, zone: ZoneInfo | None = None, language: str | None = None, named: bool = True
) -> str:
    """ "Tuesday, December 15, 2026, at 11:00 a.m. (Vancouver time)", "mardi 15 décembre 2026 à 11 h (…)"."""
    return _moment(at, zone or active_zone(), language_or_active(language), named)


# Every office is offered the same quarter hours: each is put into words once per zone and language.
@lru_cache(maxsize=8192)
def _moment(at: datetime, zone: ZoneInfo, language: str, named: bool) -> str:
    joint = ", at " if language == "en" else " à "
    clock = time_of_day(at, zone=zone, language=language, named=named)
    return long_date(at, zone=zone, language=language) + joint + clock


def moment_range(
    start: datetime, end: datetime, *, zone: ZoneInfo | None = None, language: str | None = None
) -> str:
    """ "Tuesday, December 15, 2026, 11:00 to 11:45 a.m. (Vancouver time)", and the same in French."""
    language = language_or_active(language)
    hours = time_range(start, end, zone=zone, language=language)
    return f"{long_date(start, zone=zone, language=language)}, {hours}"


def relative_day(
    value: date | datetime,
    now: datetime,
    *,
    zone: ZoneInfo | None = None,
    language: str | None = None,
) -> str:
    """ "today", "tomorrow", "yesterday", else the long date."""
    language = language_or_active(language)
    distance = (_day(value, zone) - local(now, zone).date()).days
    return RELATIVE[language].get(distance) or long_date(value, zone=zone, language=language)


def duration(length: timedelta | int, *, language: str | None = None) -> str:
    """A length in whole minutes: "45 minutes", "1 hour", "1 hour 15 minutes"; "1 heure", "1 h 15"."""
    minutes = int(length.total_seconds() // 60) if isinstance(length, timedelta) else length
    hours, rest = divmod(minutes, 60)
    french = language_or_active(language) == "fr"
    if french and hours and rest:
        return f"{hours}{NBSP}h{NBSP}{rest:02}"
    parts = [_counted(hours, "heure" if french else "hour")] if hours else []
    if rest or not hours:
        parts.append(_counted(rest, "minute", singular_zero=french))
    return " ".join(parts)


def _counted(number: int, noun: str, *, singular_zero: bool = False) -> str:
    """French counts nought as one."""
    single = number == 1 or (number == 0 and singular_zero)
    return f"{number}{NBSP}{noun}" if single else f"{number}{NBSP}{noun}s"


def _day(value: date | datetime, zone: ZoneInfo | None) -> date:
    return local(value, zone).date() if isinstance(value, datetime) else value


def _with_day(value: date | datetime, form: str, zone: ZoneInfo | None, language: str) -> str:
    return _dated(_day(value, zone), form, language)


# A list of times says the same few days hundreds of times over.
@lru_cache(maxsize=1024)
def _dated(day: date, form: str, language: str) -> str:
    text = format_date(day, form, locale=zones.LOCALES[language])
    return text if language == "en" else _first_of_month(text, day)


def _first_of_month(text: str, day: date) -> str:
    """CLDR writes "1 janvier" where Canadian French writes "1er janvier"."""
    return text.replace("1 ", "1er ", 1) if day.day == 1 else text


def _twelve_hours(at: datetime) -> str:
    return f"{at.hour % 12 or 12}:{at.minute:02}"


def _clock(at: datetime, language: str) -> str:
    if language == "en":
        return f"{_twelve_hours(at)}{NBSP}{'a.m.' if at.hour < 12 else 'p.m.'}"
    minutes = f"{NBSP}{at.minute:02}" if at.minute else ""
    return f"{at.hour}{NBSP}h{minutes}"
