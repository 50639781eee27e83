"""The demonstration's outbox: what went to files can be read; where mail is real there is no such page."""

from __future__ import annotations

import stat
from pathlib import Path

import pytest
from django.core.mail import EmailMessage
from django.test import Client
from pytest_django import DjangoAssertNumQueries, Settings

from comptoir.notices import actions, gateway, kinds, outbox
from tests.notices import letters
from tests.notices.factories import NOON

pytestmark = pytest.mark.django_db


@pytest.fixture
def mail_folder(settings: Settings, tmp_path: Path) -> Path:
    """An open outbox, and its folder, which does not exist before the first mail."""
    settings.MODE = "demonstration"
    settings.EMAIL_BACKEND = outbox.FOLDER_BACKEND
    settings.EMAIL_FILE_PATH = str(tmp_path / "mail")
    return tmp_path / "mail"


def send(name: str, language: str) -> EmailMessage:
    message = letters.letter(name, language)
    with gateway.mailbox() as connection:
        gateway.send(message, connection)
    return message


def test_each_message_is_one_whole_file_that_only_its_owner_may_read(mail_folder: Path) -> None:
    send("booked", "en")
    send("booked", "fr")

    files = list(mail_folder.iterdir())
    assert len(files) == 2
    assert {path.suffix for path in files} == {".eml"}
    assert {stat.S_IMODE(path.stat().st_mode) for path in files} == {0o600}
    assert stat.S_IMODE(mail_folder.stat().st_mode) == 0o700


def test_letters_are_listed_newest_first(client: Client, mail_folder: Path) -> None:
    send("booked", "en")
    send("moved", "fr")

    page = client.get("/en/outbox/").content.decode()

    assert page.index("Rendez-vous déplacé") < page.index("Appointment booked")
    assert "reader@<wbr>offices.<wbr>example" in page


def test_an_empty_outbox_says_what_to_do(client: Client, mail_folder: Path) -> None:
    page = client.get("/en/outbox/").content.decode()

    assert "No mail yet" in page
    assert "book an appointment" in page


def test_a_letter_reads_as_its_reader_would_see_it(client: Client, mail_folder: Path) -> None:
    send("cancelled-by-centre", "fr")
    (name,) = outbox.names()

    page = client.get(f"/en/outbox/{name}/").content.decode()

    assert "Le centre de soutien à la clientèle a dû annuler votre rendez-vous." in page
    assert '<div class="card" lang="fr">' in page
    assert f'href="{letters.HOME}/fr/appointments/K7QX-2M4D/"' in page


def test_the_calendar_file_can_be_downloaded_as_it_was_sent(
    client: Client, mail_folder: Path
) -> None:
    message = send("booked", "fr")
    (name,) = outbox.names()

    response = client.get(f"/fr/outbox/{name}/invite.ics")

    assert response.content == message.attachments[0].content
    assert response["Content-Type"] == "text/calendar; charset=utf-8"
    assert response["Content-Disposition"] == 'attachment; filename="invite.ics"'


def test_a_letter_without_a_calendar_file_has_none_to_download(
    client: Client, mail_folder: Path
) -> None:
    send("reminder", "en")
    (name,) = outbox.names()

    assert client.get(f"/en/outbox/{name}/invite.ics").status_code == 404
    assert "invite.ics" not in client.get(f"/en/outbox/{name}/").content.decode()


def test_what_a_letter_says_is_text_never_markup(client: Client, mail_folder: Path) -> None:
    message = EmailMessage("<b>x</b>", "<script>alert(1)</script>", to=["a@x.example"])
    with gateway.mailbox() as connection:
        gateway.send(message, connection)
    (name,) = outbox.names()

    pages = [client.get(url).content.decode() for url in ("/en/outbox/", f"/en/outbox/{name}/")]

    assert all("<script>alert" not in page and "<b>x" not in page for page in pages)


@pytest.mark.parametrize(
    "name",
    ["00000000000000000001-00000000", "settings", "..%2F..%2Fetc%2Fpasswd", "0" * 20 + "-XXXXXXXX"],
)
def test_a_name_that_is_no_letter_is_not_found(
    client: Client, mail_folder: Path, name: str
) -> None:
    assert client.get(f"/en/outbox/{name}/").status_code == 404
    assert outbox.letter(name) is None


def test_a_file_outside_the_folder_cannot_be_read(mail_folder: Path) -> None:
    mail_folder.mkdir()
    (mail_folder.parent / "private.eml").write_bytes(
        letters.letter("booked", "en").message().as_bytes()
    )

    assert outbox.letter("../private") is None


def test_files_that_are_no_letters_are_not_shown(client: Client, mail_folder: Path) -> None:
    mail_folder.mkdir()
    (mail_folder / "notes.eml").write_text("Subject: private")
    (mail_folder / "00000000000000000001-00000000.draft").write_text("Subject: half")

    assert outbox.names() == []


def test_letters_are_paged_and_the_page_asks_the_database_nothing(
    client: Client, mail_folder: Path, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    for _ in range(23):
        send("reminder", "en")

    with django_assert_num_queries(0):
        first = client.get("/en/outbox/").content.decode()
        second = client.get("/en/outbox/?page=2").content.decode()

    assert (first.count("<tr>"), second.count("<tr>")) == (1 + 20, 1 + 3)


@pytest.mark.parametrize(
    ("mode", "backend"),
    [
        ("production", outbox.FOLDER_BACKEND),
        ("demonstration", "django.core.mail.backends.smtp.EmailBackend"),
        ("production", "django.core.mail.backends.smtp.EmailBackend"),
    ],
)
def test_where_mail_is_real_there_is_no_outbox(
    client: Client, mail_folder: Path, settings: Settings, mode: str, backend: str
) -> None:
    send("booked", "en")
    (name,) = outbox.names()
    settings.MODE = mode
    settings.EMAIL_BACKEND = backend

    for address in ("", f"{name}/", f"{name}/invite.ics"):
        assert client.get(f"/en/outbox/{address}").status_code == 404


def test_a_code_for_signing_in_reaches_the_outbox(
    client: Client, mail_folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The demonstration's people have no other post."""
    kind = kinds.Kind("test.code", "people/notices/sign_in_code", waits=False)
    monkeypatch.setitem(kinds._kinds, kind.name, kind)
    actions.send_now(
        kind="test.code",
        address="lea@centre.example",
        language="fr",
        time_zone="America/Toronto",
        context={"code": "ABC-DEF", "minutes": 10},
        now=NOON,
    )
    (name,) = outbox.names()

    assert "ABC-DEF" in client.get(f"/fr/outbox/{name}/").content.decode()
