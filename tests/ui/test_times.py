"""Times as people read them. Spaces inside a time do not break, hence `spoken`."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from django.template import Context, Template
from django.utils import timezone, translation

from comptoir.ui import times, zones

VANCOUVER = ZoneInfo("America/Vancouver")
SIX_PM_UTC = datetime(2026, 7, 14, 18, 0, tzinfo=UTC)


def spoken(text: str) -> str:
    """The text with ordinary spaces, as it is read."""
    return text.replace("\N{NO-BREAK SPACE}", " ")


@pytest.mark.parametrize(
    ("language", "expected"),
    [("en", "11:00 a.m. (Vancouver time)"), ("fr", "11 h (heure de Vancouver)")],
)
def test_a_time_of_day_names_its_zone_by_a_city(language: str, expected: str) -> None:
    assert spoken(times.time_of_day(SIX_PM_UTC, zone=VANCOUVER, language=language)) == expected


def test_no_space_inside_a_time_can_break() -> None:
    assert times.time_of_day(SIX_PM_UTC, zone=VANCOUVER, language="en", named=False) == (
        "11:00\N{NO-BREAK SPACE}a.m."
    )


@pytest.mark.parametrize(
    ("hour", "minute", "english", "french"),
    [
        (0, 5, "12:05 a.m.", "0 h 05"),
        (9, 30, "9:30 a.m.", "9 h 30"),
        (12, 0, "12:00 p.m.", "12 h"),
        (13, 45, "1:45 p.m.", "13 h 45"),
    ],
)
def test_hours_are_written_as_each_language_writes_them(
    hour: int, minute: int, english: str, french: str
) -> None:
    at = datetime(2026, 7, 14, hour, minute, tzinfo=UTC)
    zone = ZoneInfo("UTC")

    assert spoken(times.time_of_day(at, zone=zone, language="en", named=False)) == english
    assert spoken(times.time_of_day(at, zone=zone, language="fr", named=False)) == french


def test_the_pinned_rules_hold_for_the_winter_vancouver_no_longer_has() -> None:
    """The system's copy of the rules says 10 a.m.; the pinned wheel knows better."""
    at = datetime(2026, 12, 15, 18, 0, tzinfo=UTC)

    assert spoken(times.time_of_day(at, zone=VANCOUVER, language="en", named=False)) == "11:00 a.m."


@pytest.mark.parametrize(
    ("minutes", "english", "french"),
    [
        (45, "11:00 to 11:45 a.m.", "de 11 h à 11 h 45"),
        (75, "11:00 a.m. to 12:15 p.m.", "de 11 h à 12 h 15"),
    ],
)
def test_a_range_says_morning_or_afternoon_once_if_once_is_enough(
    minutes: int, english: str, french: str
) -> None:
    end = SIX_PM_UTC + timedelta(minutes=minutes)

    def said(language: str) -> str:
        text = times.time_range(SIX_PM_UTC, end, zone=VANCOUVER, language=language, named=False)
        return spoken(text)

    assert (said("en"), said("fr")) == (english, french)


def test_dates_are_written_in_full_and_the_first_of_a_month_as_french_does() -> None:
    tuesday, first = date(2026, 12, 15), date(2027, 1, 1)

    assert times.long_date(tuesday, language="en") == "Tuesday, December 15, 2026"
    assert times.long_date(tuesday, language="fr") == "mardi 15 décembre 2026"
    assert times.long_date(first, language="fr") == "vendredi 1er janvier 2027"
    assert times.plain_date(first, language="fr") == "1er janvier 2027"
    assert times.short_date(first, language="fr") == "ven. 1er janv."
    assert times.short_date(tuesday, language="en") == "Tue, Dec 15"
    assert times.plain_date(date(2026, 12, 21), language="fr") == "21 décembre 2026"


def test_a_leaf_of_a_calendar_has_its_abbreviations_as_each_language_writes_them() -> None:
    tuesday, may = date(2026, 12, 15), date(2026, 5, 1)

    assert times.badge(tuesday, language="en") == ("Tue", "15", "Dec")
    assert times.badge(tuesday, language="fr") == ("mar.", "15", "déc.")
    assert times.badge(may, language="fr") == ("ven.", "1", "mai")


def test_a_leaf_of_a_calendar_shows_the_readers_day() -> None:
    late = datetime(2026, 7, 15, 3, 0, tzinfo=UTC)

    assert times.badge(late, zone=VANCOUVER, language="en") == ("Tue", "14", "Jul")


def test_an_instant_falls_on_the_readers_day() -> None:
    late = datetime(2026, 7, 15, 3, 0, tzinfo=UTC)

    assert times.long_date(late, zone=VANCOUVER, language="en") == "Tuesday, July 14, 2026"


def test_a_moment_has_its_day_its_hours_and_its_zone() -> None:
    end = SIX_PM_UTC + timedelta(minutes=45)

    assert spoken(times.moment(SIX_PM_UTC, zone=VANCOUVER, language="en")) == (
        "Tuesday, July 14, 2026, at 11:00 a.m. (Vancouver time)"
    )
    assert spoken(times.moment(SIX_PM_UTC, zone=VANCOUVER, language="fr")) == (
        "mardi 14 juillet 2026 à 11 h (heure de Vancouver)"
    )
    assert spoken(times.moment_range(SIX_PM_UTC, end, zone=VANCOUVER, language="fr")) == (
        "mardi 14 juillet 2026, de 11 h à 11 h 45 (heure de Vancouver)"
    )


@pytest.mark.parametrize(
    ("minutes", "english", "french"),
    [
        (0, "0 minutes", "0 minute"),
        (1, "1 minute", "1 minute"),
        (45, "45 minutes", "45 minutes"),
        (60, "1 hour", "1 heure"),
        (75, "1 hour 15 minutes", "1 h 15"),
        (125, "2 hours 5 minutes", "2 h 05"),
    ],
)
def test_lengths_are_said_in_hours_and_minutes(minutes: int, english: str, french: str) -> None:
    assert spoken(times.duration(minutes, language="en")) == english
    assert spoken(times.duration(timedelta(minutes=minutes), language="fr")) == french


def test_days_near_today_are_named_by_their_distance_in_the_readers_zone() -> None:
    now = datetime(2026, 7, 15, 5, 0, tzinfo=UTC)  # still the 14th in Vancouver

    assert times.relative_day(SIX_PM_UTC, now, zone=VANCOUVER, language="en") == "today"
    assert times.relative_day(date(2026, 7, 15), now, zone=VANCOUVER, language="fr") == "demain"
    assert times.relative_day(date(2026, 7, 13), now, zone=VANCOUVER, language="en") == "yesterday"
    assert times.relative_day(date(2026, 7, 20), now, zone=VANCOUVER, language="fr") == (
        "lundi 20 juillet 2026"
    )


def test_a_time_without_a_zone_is_refused() -> None:
    with pytest.raises(ValueError, match="without a zone"):
        times.time_of_day(datetime(2026, 7, 14, 9, 0), zone=VANCOUVER)  # noqa: DTZ001 - that is the fault


@pytest.mark.parametrize(
    ("zone", "english", "french"),
    [
        ("America/Edmonton", "Edmonton time", "heure d’Edmonton"),
        ("America/Goose_Bay", "Happy Valley-Goose Bay time", "heure de Happy Valley-Goose Bay"),
        ("America/Montreal", "Montréal time", "heure de Montréal"),
        ("Europe/London", "London time", "heure de Londres"),
        ("UTC", "UTC", "temps universel coordonné"),
    ],
)
def test_every_zone_has_a_name_in_both_languages(zone: str, english: str, french: str) -> None:
    assert zones.phrase(ZoneInfo(zone), "en") == english
    assert zones.phrase(ZoneInfo(zone), "fr") == french


def test_every_zone_offered_exists_in_the_pinned_rules() -> None:
    assert all(ZoneInfo(key) for key, _ in zones.choices("en"))


def test_templates_show_times_in_the_zone_and_language_of_the_page() -> None:
    page = Template(
        "{% load times %}{{ at|time_of_day }} · {{ at|bare_time:'America/Toronto' }} · "
        "{% time_range at end %} · {{ 90|duration }} · {{ ''|zone_sentence }}"
    )
    context = Context({"at": SIX_PM_UTC, "end": SIX_PM_UTC + timedelta(minutes=30)})

    with timezone.override(VANCOUVER), translation.override("fr"):
        shown = spoken(page.render(context))

    assert shown == (
        "11 h (heure de Vancouver) · 14 h · "
        '<time datetime="2026-07-14T18:00:00+00:00">de 11 h à 11 h 30 (heure de Vancouver)</time>'
        " · 1 h 30 · heure de Vancouver"
    )


def test_a_date_that_begins_a_french_heading_has_a_capital() -> None:
    page = Template(
        "{% load times %}{% moment_range at end opening=True %}|{% moment_range at end %}|"
        "{% time_range at end named=False opening=True %}"
    )
    context = Context({"at": SIX_PM_UTC, "end": SIX_PM_UTC + timedelta(minutes=30)})

    with timezone.override(VANCOUVER), translation.override("fr"):
        heading, within, hours = spoken(page.render(context)).split("|")

    assert ">Mardi 14 juillet 2026, de 11 h" in heading
    assert ">mardi 14 juillet 2026, de 11 h" in within
    assert ">De 11 h à 11 h 30<" in hours
