"""What the demonstration's people would have received: the messages of the mail folder, as letters."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import UTC, datetime
from email import message_from_bytes, policy
from email.message import EmailMessage
from email.utils import parsedate_to_datetime
from pathlib import Path

from django.conf import settings

FOLDER_BACKEND = "comptoir.notices.gateway.Folder"
NAME = re.compile(r"[0-9]{20}-[0-9a-f]{8}")
STAMPED = re.compile(r"([0-9]{20})-[0-9a-f]{8}\.(?:eml|draft)")
"""A file of the folder; its name begins with the nanosecond at which it was written."""


@dataclass(frozen=True, slots=True)
class Letter:
    """One message as its reader would see it."""

    name: str
    subject: str
    to: str
    language: str
    sent_at: datetime
    text: str
    calendar: bytes | None

    @property
    def calendar_text(self) -> str:
        """The calendar file, for the curious."""
        return self.calendar.decode() if self.calendar else ""


def is_open() -> bool:
    """Whether mail goes to files and anybody may read it: only ever in the demonstration."""
    demonstration: bool = settings.MODE == "demonstration"
    return demonstration and settings.EMAIL_BACKEND == FOLDER_BACKEND


def names() -> list[str]:
    """The names of every message, the newest first."""
    folder = Path(str(settings.EMAIL_FILE_PATH))
    if not folder.is_dir():
        return []
    stems = (path.stem for path in folder.glob("*.eml"))
    return sorted((stem for stem in stems if NAME.fullmatch(stem)), reverse=True)


def letter(name: str) -> Letter | None:
    """One message, if there is one of this name."""
    if not NAME.fullmatch(name):
        return None
    try:
        content = (Path(str(settings.EMAIL_FILE_PATH)) / f"{name}.eml").read_bytes()
    except FileNotFoundError:
        return None
    message = message_from_bytes(content, policy=policy.default)
    body = message.get_body(("plain",))
    return Letter(
        name=name,
        subject=str(message["Subject"]),
        to=str(message["To"]),
        language=str(message.get("Content-Language", settings.LANGUAGE_CODE)),
        sent_at=parsedate_to_datetime(str(message["Date"])).astimezone(UTC),
        text=body.get_content() if body is not None else "",
        calendar=_calendar(message),
    )


def _calendar(message: EmailMessage) -> bytes | None:
    for part in message.iter_attachments():
        if part.get_content_type() == "application/ics":
            content: bytes = part.get_content()
            return content
    return None


def files_before(at: datetime) -> list[Path]:
    """The files written before an instant, drafts that a crash left behind among them."""
    folder = Path(str(settings.EMAIL_FILE_PATH))
    if not folder.is_dir():
        return []
    return [
        path
        for path in folder.iterdir()
        if (stamped := STAMPED.fullmatch(path.name))
        and int(stamped[1]) < at.timestamp() * 1_000_000_000
    ]


def remove_before(at: datetime) -> int:
    """Remove the files written before an instant; how many. Other files of the folder are not ours."""
    old = files_before(at)
    for path in old:
        path.unlink(missing_ok=True)
    return len(old)
