"""The mailboxes that are read, from the environment: none, several, or a slip that is named."""

from __future__ import annotations

import socket
from typing import Any

import pytest

from comptoir.site import doctor, mailboxes
from comptoir.site.environment import BadEnvironment
from comptoir.site.mailboxes import Mailbox

ONE, TWO = "questions@centre.example", "crisis@centre.example"


def given(patch: pytest.MonkeyPatch, **values: str) -> None:
    for name in ("HOST", "MAILBOXES", "USERS", "PASSWORDS"):
        patch.delenv(f"COMPTOIR_IMAP_{name}", raising=False)
    for name, value in values.items():
        patch.setenv(f"COMPTOIR_IMAP_{name}", value)


def test_without_a_server_no_mailbox_is_read(monkeypatch: pytest.MonkeyPatch) -> None:
    given(monkeypatch)

    assert mailboxes.read() == ()


def test_each_has_its_password_and_signs_in_under_its_own_address(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    given(monkeypatch, HOST="imap.example", MAILBOXES=f"{ONE}, {TWO}", PASSWORDS="first second")

    assert mailboxes.read() == (Mailbox(ONE, ONE, "first"), Mailbox(TWO, TWO, "second"))


def test_or_under_a_user_of_its_own(monkeypatch: pytest.MonkeyPatch) -> None:
    given(monkeypatch, HOST="imap.example", MAILBOXES=ONE, USERS="robot", PASSWORDS="first")

    assert mailboxes.read() == (Mailbox(ONE, "robot", "first"),)


@pytest.mark.parametrize(
    "values",
    [
        {"HOST": "imap.example"},
        {"MAILBOXES": ONE},
        {"HOST": "imap.example", "MAILBOXES": f"{ONE},{TWO}", "PASSWORDS": "only-one"},
        {"HOST": "imap.example", "MAILBOXES": ONE, "USERS": "a,b", "PASSWORDS": "one"},
    ],
)
def test_lists_that_do_not_fit_are_refused(
    monkeypatch: pytest.MonkeyPatch, values: dict[str, str]
) -> None:
    given(monkeypatch, **values)

    with pytest.raises(BadEnvironment, match="COMPTOIR_IMAP_MAILBOXES"):
        mailboxes.read()


def test_no_password_is_told_in_a_refusal(monkeypatch: pytest.MonkeyPatch) -> None:
    given(monkeypatch, HOST="imap.example", MAILBOXES=ONE, PASSWORDS="hush hush")

    with pytest.raises(BadEnvironment) as refused:
        mailboxes.read()

    assert "hush" not in str(refused.value)


class TestTheDoctor:
    def test_says_that_nothing_is_polled_and_that_this_is_no_fault(self, settings: Any) -> None:
        settings.IMAP_MAILBOXES = ()

        found = doctor._mailboxes()

        assert not found.is_wrong
        assert "none is polled" in found.words

    def test_names_the_mailboxes_and_no_password(self, settings: Any) -> None:
        with socket.create_server(("127.0.0.1", 0)) as server:
            settings.IMAP_HOST, settings.IMAP_PORT = server.getsockname()
            settings.IMAP_MAILBOXES = (Mailbox(ONE, ONE, "hush"),)
            found = doctor._mailboxes()

        assert not found.is_wrong
        assert ONE in found.words
        assert "hush" not in found.words

    def test_says_that_a_server_does_not_answer(self, settings: Any) -> None:
        with socket.create_server(("127.0.0.1", 0)) as server:
            settings.IMAP_HOST, settings.IMAP_PORT = server.getsockname()
        settings.IMAP_MAILBOXES = (Mailbox(ONE, ONE, "hush"),)

        assert doctor._mailboxes().is_wrong
