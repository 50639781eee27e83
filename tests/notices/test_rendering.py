"""The one renderer: whole letters in both languages, headers, and how the calendar file travels."""

from __future__ import annotations

from email import message_from_bytes, policy
from email.message import EmailMessage

import pytest
from django.utils import timezone, translation

from comptoir.domain.mail_signs import LOOP_HEADER
from comptoir.notices import kinds, rendering
from tests.notices import letters
from tests.notices.factories import NoticeFactory

EVERY_LETTER = [(name, language) for name in letters.LETTERS for language in letters.ZONES]


def as_received(name: str, language: str) -> EmailMessage:
    content = letters.letter(name, language).message().as_bytes()
    return message_from_bytes(content, policy=policy.default)


@pytest.mark.parametrize(("name", "language"), EVERY_LETTER)
def test_a_letter_reads_as_its_golden_file(name: str, language: str) -> None:
    for file, text in letters.texts(name, language).items():
        assert text == (letters.FOLDER / file).read_text(encoding="utf-8")


def test_there_is_no_golden_file_without_a_letter() -> None:
    expected = {file for name, language in EVERY_LETTER for file in letters.texts(name, language)}

    assert {path.name for path in letters.FOLDER.iterdir()} == expected


@pytest.mark.parametrize(("name", "language"), EVERY_LETTER)
def test_a_letter_reaches_its_reader_word_for_word(name: str, language: str) -> None:
    sent = letters.letter(name, language)

    received = as_received(name, language)

    body = received.get_body(("plain",))
    assert body is not None
    assert body.get_content() == sent.body
    assert received["Subject"] == sent.subject


@pytest.mark.parametrize(("name", "language"), EVERY_LETTER)
def test_a_letter_crosses_a_mail_server_that_knows_only_ascii(name: str, language: str) -> None:
    content = letters.letter(name, language).message().as_bytes()

    assert content.isascii()
    assert max(map(len, content.splitlines())) <= 998


def test_the_headers_say_that_a_machine_wrote_and_when() -> None:
    received = as_received("booked", "fr")

    assert received["Auto-Submitted"] == "auto-generated"
    assert received["X-Auto-Response-Suppress"] == "All"
    assert received[LOOP_HEADER] == "1"
    assert received["Date"] == "Tue, 01 Dec 2026 15:30:00 +0000"
    assert received["Message-ID"] == "<golden@comptoir.invalid>"
    assert received["From"] == "Comptoir <no-reply@comptoir.invalid>"
    assert received["To"] == "reader@offices.example"
    assert received["Content-Language"] == "fr"


@pytest.mark.parametrize(
    ("name", "method"),
    [("booked", "REQUEST"), ("moved", "REQUEST"), ("cancelled", "CANCEL")],
)
def test_the_calendar_file_travels_inside_the_letter_and_beside_it(name: str, method: str) -> None:
    parts = {part.get_content_type(): part for part in as_received(name, "fr").walk()}

    inside, beside = parts["text/calendar"], parts["application/ics"]
    assert inside.get_param("method") == method
    assert inside.get_param("charset") == "utf-8"
    assert beside.get_filename() == "invite.ics"
    assert f"METHOD:{method}" in inside.get_content()
    assert beside.get_content().decode().splitlines() == inside.get_content().splitlines()


def test_the_letter_is_an_alternative_of_its_calendar_file() -> None:
    received = as_received("booked", "en")

    assert received.get_content_type() == "multipart/mixed"
    alternative, _file = received.iter_parts()
    kinds_of_part = [part.get_content_type() for part in alternative.iter_parts()]
    assert kinds_of_part == ["text/plain", "text/calendar"]


def test_a_reminder_carries_no_calendar_file() -> None:
    received = as_received("reminder", "en")

    assert [part.get_content_type() for part in received.walk()] == ["text/plain"]


def test_the_calendar_shows_the_whole_letter() -> None:
    text = letters.texts("booked", "fr")["booked.fr.ics"].replace("\n ", "")

    assert "Pour le consulter\\, le déplacer ou l’annuler" in text


def test_the_language_and_zone_of_one_reader_do_not_reach_the_next() -> None:
    with translation.override("en"), timezone.override("America/Regina"):
        letters.letter("booked", "fr")

        assert translation.get_language() == "en"
        assert timezone.get_current_timezone_name() == "America/Regina"


def test_a_letter_has_none_of_the_escaping_of_pages() -> None:
    link = f"{letters.HOME}/en/times/?day=2026-12-15&minutes=45"
    label = letters.bilingual("The office's members' day", "Journée de l'assemblée")
    message = rendering.rendered(
        kinds.Kind("test", "liaison/notices/cancelled"),
        letters.facts(alternatives_link=link, reason_label=label),
        address="reader@offices.example",
        language="en",
        time_zone="America/Toronto",
        message_id="<x@comptoir.invalid>",
        now=letters.SENT_AT,
    )

    assert link in message.body
    assert "Reason: The office's members' day" in message.body


def test_a_kind_that_would_say_more_than_it_may_is_not_rendered() -> None:
    with pytest.raises(kinds.NotSayable, match="constituent"):
        rendering.rendered(
            kinds.Kind("test", "liaison/notices/booked"),
            letters.facts(constituent="Maria Santos"),
            address="reader@offices.example",
            language="en",
            time_zone="America/Toronto",
            message_id="<x@comptoir.invalid>",
            now=letters.SENT_AT,
        )


def test_the_same_notice_has_the_same_identity_and_another_has_another() -> None:
    notice = NoticeFactory.build(subject_id=5, version=1, address="a@offices.example")
    again = NoticeFactory.build(subject_id=5, version=1, address="a@offices.example", attempts=3)
    others = [
        NoticeFactory.build(subject_id=5, version=2, address="a@offices.example"),
        NoticeFactory.build(subject_id=6, version=1, address="a@offices.example"),
        NoticeFactory.build(subject_id=5, version=1, address="b@offices.example"),
        NoticeFactory.build(kind="other", subject_id=5, version=1, address="a@offices.example"),
    ]

    assert rendering.message_id(notice) == rendering.message_id(again)
    assert len({rendering.message_id(each) for each in [notice, *others]}) == 5
    assert "offices.example" not in rendering.message_id(notice)
