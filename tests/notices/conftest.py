"""A mail server on loopback, and a fact that notices can tell."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from pytest_django import Settings

from comptoir.notices import kinds
from comptoir.notices.models import Notice
from tests.notices import letters
from tests.notices.mail_server import MailServer


class Fact:
    """Something that is true until a test says it is not, and what its notices say."""

    def __init__(self) -> None:
        self.still_true = True
        self.says: dict[str, Any] = letters.facts()
        self.asked = 0

    def __call__(self, notice: Notice) -> dict[str, Any] | None:
        self.asked += 1
        return self.says if self.still_true else None


@pytest.fixture
def fact(monkeypatch: pytest.MonkeyPatch) -> Fact:
    """A registered kind, "test.fact"."""
    known = Fact()
    kind = kinds.Kind("test.fact", "liaison/notices/reminder", context=known)
    monkeypatch.setitem(kinds._kinds, kind.name, kind)
    return known


@pytest.fixture
def mail_server(settings: Settings) -> Iterator[MailServer]:
    """A real server, to which Django's own SMTP backend sends."""
    server = MailServer()
    server.start()
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_HOST = "127.0.0.1"
    settings.EMAIL_PORT = server.port
    yield server
    server.stop()
