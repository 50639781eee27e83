"""Calendar files, read back by an independent reader of the format: a few lines of our own."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from uuid import UUID
from zoneinfo import ZoneInfo

import icalendar
import pytest
from hypothesis import given
from hypothesis import strategies as st

from comptoir.notices import calendar
from tests.notices.letters import SENT_AT, STARTS_AT, UID

EVENT = calendar.Event(
    uid=UID,
    sequence=0,
    starts_at=STARTS_AT,
    ends_at=STARTS_AT + timedelta(minutes=45),
    reference="K7QX-2M4D",
    link="http://localhost:8000/en/appointments/K7QX-2M4D/",
)


def lines_of(content: bytes) -> dict[str, str]:
    """Property lines by name, unfolded as RFC 5545 section 3.1 says."""
    unfolded = content.decode().replace("\r\n ", "").split("\r\n")
    return dict(line.split(":", 1) for line in unfolded if ":" in line)


def invitation(event: calendar.Event, **changes: str) -> bytes:
    options = {"attendee": "reader@offices.example", "language": "en", "description": "Letter"}
    return calendar.invitation(event, **(options | changes), now=SENT_AT)


def test_an_invitation_two_moves_and_a_cancellation_are_one_event_with_a_rising_sequence() -> None:
    day = timedelta(days=1)
    moved = replace(EVENT, sequence=1, starts_at=STARTS_AT + day, ends_at=EVENT.ends_at + day)
    longer = replace(moved, sequence=2, ends_at=moved.ends_at + timedelta(minutes=15))
    gone = replace(longer, sequence=3, cancelled=True)

    files = [lines_of(invitation(event)) for event in (EVENT, moved, longer, gone)]

    assert {file["UID"] for file in files} == {str(UID)}
    assert [file["SEQUENCE"] for file in files] == ["0", "1", "2", "3"]
    assert [file["METHOD"] for file in files] == ["REQUEST", "REQUEST", "REQUEST", "CANCEL"]
    assert [file["STATUS"] for file in files] == ["CONFIRMED"] * 3 + ["CANCELLED"]


@pytest.mark.parametrize(
    ("zone", "clock"),
    [
        ("America/Montreal", "13:00"),
        ("America/Vancouver", "11:00"),
        ("America/Edmonton", "12:00"),
        ("America/Winnipeg", "13:00"),
        ("America/St_Johns", "14:30"),
    ],
)
def test_a_december_noon_is_the_right_hour_in_every_zone(zone: str, clock: str) -> None:
    """V14, with the law of 2026."""
    start = icalendar.Calendar.from_ical(invitation(EVENT)).events[0].start

    assert isinstance(start, datetime)
    assert start.astimezone(ZoneInfo(zone)).strftime("%H:%M") == clock


def test_instants_are_in_utc_and_no_zone_is_named() -> None:
    content = invitation(EVENT)

    assert b"DTSTART:20261215T180000Z\r\n" in content
    assert b"DTEND:20261215T184500Z\r\n" in content
    assert b"VTIMEZONE" not in content
    assert b"TZID" not in content


def test_the_reader_is_the_only_person_in_it_and_is_not_asked_to_answer() -> None:
    parsed = icalendar.Calendar.from_ical(invitation(EVENT)).events[0]

    assert str(parsed["ATTENDEE"]) == "mailto:reader@offices.example"
    assert parsed["ATTENDEE"].params["RSVP"] == "FALSE"
    assert str(parsed["ORGANIZER"]) == "mailto:no-reply@comptoir.invalid"


def test_the_summary_is_in_the_readers_language() -> None:
    english = lines_of(invitation(EVENT))["SUMMARY"]
    french = lines_of(invitation(EVENT, language="fr"))["SUMMARY"]

    assert english == "Client support appointment (K7QX-2M4D)"
    assert french == "Rendez-vous avec le soutien à la clientèle (K7QX-2M4D)"


def test_what_a_cancelled_appointment_took_is_free_in_the_calendar() -> None:
    assert lines_of(invitation(EVENT))["TRANSP"] == "OPAQUE"
    assert lines_of(invitation(replace(EVENT, cancelled=True)))["TRANSP"] == "TRANSPARENT"


@given(st.text(alphabet=st.characters(exclude_categories=["Cc", "Cs", "Zl", "Zp"]), max_size=300))
def test_no_line_is_longer_than_75_octets_and_every_text_comes_back(text: str) -> None:
    content = invitation(EVENT, description=text)

    assert all(len(line) <= 75 for line in content.split(b"\r\n"))
    parsed = icalendar.Calendar.from_ical(content).events[0]
    assert str(parsed.get("DESCRIPTION", "")) == text


def test_a_time_without_a_zone_is_refused() -> None:
    naive = replace(EVENT, starts_at=STARTS_AT.replace(tzinfo=None))

    with pytest.raises(ValueError, match="instant"):
        invitation(naive)


def feed_of(events: list[calendar.Event]) -> bytes:
    return calendar.feed(events, name="Comptoir", language="en", now=SENT_AT)


def test_a_feed_publishes_events_and_names_nobody() -> None:
    other = replace(EVENT, uid=UUID(int=7), reference="ABCD-EFGH")

    content = feed_of([EVENT, other])

    file = lines_of(content)
    assert file["METHOD"] == "PUBLISH"
    assert file["REFRESH-INTERVAL;VALUE=DURATION"] == "PT30M"
    assert content.count(b"BEGIN:VEVENT") == 2
    assert b"ATTENDEE" not in content
    assert content.count(b"mailto:") == content.count(b"mailto:no-reply@comptoir.invalid") == 2


def test_an_empty_feed_is_still_a_calendar() -> None:
    parsed = icalendar.Calendar.from_ical(feed_of([]))

    assert parsed.events == []
    assert parsed["METHOD"] == "PUBLISH"


def test_the_seconds_fraction_of_a_clock_does_not_reach_the_file() -> None:
    now = datetime(2026, 12, 1, 15, 30, 2, 654321, tzinfo=UTC)
    content = calendar.feed([EVENT], name="Comptoir", language="en", now=now)

    assert lines_of(content)["DTSTAMP"] == "20261201T153002Z"
