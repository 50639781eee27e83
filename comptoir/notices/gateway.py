"""The mail server, as seen from here: one connection for many messages, and what its refusals mean.

`Folder` plays the server where there is none: each message becomes a file.
"""

from __future__ import annotations

import os
import secrets
import smtplib
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core import mail
from django.core.mail import EmailMessage
from django.core.mail.backends.base import BaseEmailBackend

SERVICE_CLOSING = 421
"""The one temporary answer that is about the server, not about the message."""


class Problem(Exception):
    """The message did not go; the text is what the server said."""


class TryLater(Problem):
    """Not this message now; another may go."""


class Unreachable(TryLater):
    """Nothing can go now: the server is away, or will not take mail from us."""


class Refused(Problem):
    """This message will never go."""


@contextmanager
def mailbox() -> Iterator[BaseEmailBackend]:
    """A connection to the mail server, opened by the first message and closed at the end."""
    connection = mail.get_connection()
    try:
        yield connection
    finally:
        # What was sent is sent; a server that has gone needs no farewell.
        with suppress(OSError):
            connection.close()


def send(message: EmailMessage, connection: BaseEmailBackend) -> None:
    """Hand over one message to one address; raises TryLater, Unreachable or Refused."""
    try:
        connection.open()
        connection.send_messages([message])
    except OSError as error:  # every SMTP exception is one
        raise _judged(error) from error
    except ValueError as error:  # an address that cannot be written in a mail
        raise Refused(str(error)) from error


def _judged(error: OSError) -> Problem:
    code: int
    answer: bytes | str
    match error:
        case smtplib.SMTPRecipientsRefused():
            code, answer = next(iter(error.recipients.values()))
        case smtplib.SMTPDataError():
            code, answer = error.smtp_code, error.smtp_error
        case smtplib.SMTPNotSupportedError():
            return Refused(str(error))
        case _:
            # A refused sender is here too: that is about us, and every other message would fare alike.
            return Unreachable(f"{type(error).__name__}: {error}")
    text = f"{code} {_readable(answer)}"
    if code == SERVICE_CLOSING:
        return Unreachable(text)
    return Refused(text) if code >= 500 else TryLater(text)


def _readable(answer: bytes | str) -> str:
    return answer.decode(errors="replace") if isinstance(answer, bytes) else answer


class Folder(BaseEmailBackend):
    """A mail server that keeps each message as one file of EMAIL_FILE_PATH, the oldest name first.

    A file appears whole or not at all, and only its owner may read it: it may hold a sign-in code.
    """

    def __init__(self, fail_silently: bool = False, **options: Any) -> None:
        super().__init__(fail_silently=fail_silently)
        self.path = Path(str(settings.EMAIL_FILE_PATH))

    def send_messages(self, email_messages: Sequence[EmailMessage]) -> int:
        self.path.mkdir(parents=True, exist_ok=True, mode=0o700)
        for message in email_messages:
            # A server stamps what it takes by its own clock.
            name = f"{time.time_ns():020d}-{secrets.token_hex(4)}"
            draft = self.path / f"{name}.draft"
            descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
            with open(descriptor, "wb") as file:
                file.write(message.message().as_bytes())
            draft.rename(self.path / f"{name}.eml")
        return len(email_messages)
