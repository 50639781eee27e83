"""The logs of the running house: their shape by mode, and a worker that gives nobody away."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from typing import Any

import pytest
from django.core.management import call_command
from django.test import Client

from comptoir.people import invitation_links
from comptoir.people.actions import invitations
from comptoir.people.models import Language, Person, Role
from comptoir.ui import clock
from tests.people.factories import person_with
from tests.ui.test_logs import Log, listening

SPEAK = """
import django; django.setup()
import logging
logging.getLogger("comptoir.test").warning("Said to marie@offices.example")
logging.getLogger("comptoir.test").info("Only in production")
"""


@pytest.fixture
def log() -> Iterator[Log]:
    yield from listening(Log(as_json=True))


SAFE = {
    "COMPTOIR_SECRET_KEY": "k" * 60,
    "COMPTOIR_ADDRESS": "https://comptoir.example",
    "COMPTOIR_HOSTS": "comptoir.example",
    "COMPTOIR_SMTP_HOST": "127.0.0.1",
}
"""What production does not start without."""


def said_in(mode: str, **environment: str) -> str:
    """What a process in this mode writes to its standard error stream."""
    surroundings = {
        **os.environ,
        "DJANGO_SETTINGS_MODULE": "comptoir.site.settings",
        "COMPTOIR_MODE": mode,
        **(SAFE if mode == "production" else {}),
        **environment,
    }
    done = subprocess.run(
        [sys.executable, "-c", SPEAK], env=surroundings, capture_output=True, text=True, check=True
    )
    return done.stderr


def test_in_production_lines_are_json_from_info_up() -> None:
    lines = [json.loads(line) for line in said_in("production").splitlines()]

    assert [line["event"] for line in lines] == ["Said to [address]", "Only in production"]


def test_in_the_demonstration_lines_are_for_reading_from_warning_up() -> None:
    said = said_in("demonstration")

    assert "Said to [address]" in said
    assert "Only in production" not in said
    assert not said.startswith("{")


def test_the_level_is_a_setting() -> None:
    assert "Only in production" in said_in("demonstration", COMPTOIR_LOG_LEVEL="info")
    assert said_in("production", COMPTOIR_LOG_LEVEL="error") == ""


@pytest.mark.slow
@pytest.mark.django_db(transaction=True)
def test_a_worker_that_sends_a_code_gives_nobody_away(log: Log, client: Client) -> None:
    """Its library logs what each job was given, and what it was given is an address."""
    person = person_with(Role.DELEGATE, email="marie.tremblay@offices.example")
    client.post("/en/sign-in/", {"email": person.email})

    call_command("procrastinate", "worker", "--one-shot")

    events = [line["event"] for line in log.lines]
    assert any("people.send_code" in event and "Success" in event for event in events)
    assert "tremblay" not in log.text
    assert "sealed" not in log.text


@pytest.mark.django_db
def test_the_secret_of_a_link_is_in_no_line(log: Log, client: Client) -> None:
    invitation = invite(person_with(Role.ADMINISTRATOR))
    link = invitation_links.link_to(invitation, "en")
    path = "/" + link.split("/", 3)[3]
    secret = path.rstrip("/").rsplit("/", 1)[1]

    assert client.get(path).status_code == 200
    assert client.get(path.replace(secret, secret + "x")).status_code in (404, 410)

    assert "people:invitation" in log.text
    assert secret not in log.text


def invite(by: Person) -> Any:
    return invitations.invite(
        email="new@centre.example",
        name="New Person",
        language=Language(by.language),
        role=Role.TEAM_LEAD,
        time_zone=by.time_zone,
        by=by,
        now=clock.now(),
    )
