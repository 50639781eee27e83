"""The mail as its readers get it: sent by the worker over SMTP, read back from the server."""

from __future__ import annotations

import asyncio
import re
from abc import ABC, abstractmethod
from concurrent.futures import ThreadPoolExecutor
from email import message_from_bytes, policy
from email.message import EmailMessage
from pathlib import Path

from django.conf import settings
from icalendar import Calendar, Event
from procrastinate.contrib.django import app
from procrastinate.contrib.django.django_connector import DjangoConnector

from tests.notices.mail_server import MailServer

CODE = re.compile(r"^\s*([A-Z0-9]{3,4}-[A-Z0-9]{3,4})\s*$", re.MULTILINE)
LINK = re.compile(r"https?://\S+")


class Post(ABC):
    """The mailboxes of everybody."""

    @abstractmethod
    def _accepted(self) -> list[EmailMessage]:
        """Every letter, the oldest first."""

    def letters(self, to: str) -> list[EmailMessage]:
        """Everything this address has got, after the worker has sent what waits."""
        work_through_the_queue()
        return [message for message in self._accepted() if to in str(message["To"])]

    def last(self, to: str) -> EmailMessage:
        """The latest letter to this address."""
        letters = self.letters(to)
        assert letters, f"No mail came for {to}."
        return letters[-1]

    def code(self, to: str) -> str:
        """The code in the latest letter that holds one: another may have come with it."""
        codes = [found for one in self.letters(to) if (found := CODE.search(text_of(one)))]
        assert codes, f"No letter to {to} holds a code."
        return codes[-1][1]

    def link(self, to: str) -> str:
        """The address in the latest letter."""
        found = LINK.search(text_of(self.last(to)))
        assert found, f"No address in:\n{text_of(self.last(to))}"
        return found[0].rstrip(".>)")

    def appointment(self, to: str) -> tuple[Calendar, Event]:
        """The calendar file in the latest letter, and its one appointment."""
        return calendar_in(self.last(to))


class ServerPost(Post):
    """The letters that a mail server took."""

    def __init__(self, server: MailServer) -> None:
        self.server = server

    def _accepted(self) -> list[EmailMessage]:
        return self.server.accepted


class FolderPost(Post):
    """The letters in the demonstration's folder."""

    def _accepted(self) -> list[EmailMessage]:
        files = sorted(Path(settings.EMAIL_FILE_PATH).glob("*.eml"))
        return [message_from_bytes(file.read_bytes(), policy=policy.default) for file in files]


def text_of(letter: EmailMessage) -> str:
    """The words of a letter."""
    body = letter.get_body(("plain",))
    assert body is not None
    return str(body.get_content())


def calendar_in(letter: EmailMessage) -> tuple[Calendar, Event]:
    """The calendar file of a letter, and its one appointment."""
    parts = [part for part in letter.walk() if part.get_content_type() == "text/calendar"]
    assert parts, "No calendar file came with the letter."
    content = parts[0].get_payload(decode=True)
    assert isinstance(content, bytes)
    calendar = Calendar.from_ical(content)
    assert isinstance(calendar, Calendar)
    [event] = calendar.events
    return calendar, event


def work_through_the_queue() -> None:
    """Run a real worker until nothing waits. In a thread: the browser's loop owns this one."""
    with ThreadPoolExecutor(1) as pool:
        pool.submit(asyncio.run, _work()).result()


async def _work() -> None:
    assert isinstance(app.connector, DjangoConnector)
    connector = app.connector.get_worker_connector()
    with app.replace_connector(connector) as working:
        async with working.open_async():
            await working.run_worker_async(
                wait=False, install_signal_handlers=False, listen_notify=False
            )
