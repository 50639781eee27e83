"""The one renderer: every message of the product is made here, in its reader's language and zone.

Messages are plain text: it reads the same in every program and aloud, and leaves no room for a
picture that tells somebody it was opened. Addresses in it are made into links by the reader's program.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import datetime
from email.charset import QP, Charset
from email.header import Header
from email.utils import format_datetime, make_msgid, parseaddr
from typing import Any
from zoneinfo import ZoneInfo

from django.conf import settings
from django.core.mail import EmailMultiAlternatives
from django.template import Context, Template, engines
from django.utils import timezone, translation
from django.utils.crypto import salted_hmac

from comptoir.domain.mail_signs import LOOP_HEADER
from comptoir.notices import calendar, kinds
from comptoir.notices.models import Notice

FOOTER = "notices/footer.txt"
FILE_NAME = "invite.ics"

SEVEN_BITS = Charset("utf-8")
SEVEN_BITS.body_encoding = QP
"""Readable in a log, and safe with a mail server that knows only ASCII."""


class Letter(EmailMultiAlternatives):
    """A message whose subject is folded as mail programs like it.

    Django folds an accented subject without counting "Subject: ", and the first line stays empty.
    """

    def message(self, **options: Any) -> Any:
        message = super().message(**options)
        subject = str(self.subject)
        if not subject.isascii():
            message.replace_header("Subject", Header(subject, "utf-8", header_name="Subject"))
        return message


def rendered(
    kind: kinds.Kind,
    context: Mapping[str, Any],
    *,
    address: str,
    language: str,
    time_zone: str,
    message_id: str,
    now: datetime,
) -> Letter:
    """One message to one reader. Raises `kinds.NotSayable` if the context says what may not leave."""
    words = dict.fromkeys(kinds.VOCABULARY) | kinds.checked(context) | {"language": language}
    with translation.override(language), timezone.override(ZoneInfo(time_zone)):
        subject = _text(f"{kind.template}.subject.txt", words)
        parts = [_text(name, words) for name in (f"{kind.template}.body.txt", FOOTER)]
    body = "\n\n".join(parts) + "\n"
    message = Letter(
        subject=" ".join(subject.split()),
        body=body,
        to=[address],
        headers={
            "Date": format_datetime(now),
            "Message-ID": message_id,
            "Content-Language": language,
            # Nobody reads what a holiday responder would answer (RFC 3834, 5), and what comes back
            # all the same is known by our own header.
            "Auto-Submitted": "auto-replied" if words["answers_mail"] else "auto-generated",
            "X-Auto-Response-Suppress": "All",
            LOOP_HEADER.title(): "1",
        },
    )
    message.encoding = SEVEN_BITS
    event: calendar.Event | None = words["calendar"]
    if event is not None:
        content = calendar.invitation(
            event, attendee=address, language=language, description=body, now=now
        )
        _attach(message, event.method, content)
    return message


def message_id(notice: Notice) -> str:
    """The same for the same notice, always: if a crash between the server's answer and our commit
    makes it go twice, mail programs see one message. It says nothing of what it is made from."""
    key = f"{notice.kind} {notice.subject_id} {notice.version} {notice.address}"
    digest = salted_hmac("comptoir.notices", key, algorithm="sha256").hexdigest()
    return f"<{digest[:40]}@{_domain()}>"


def fresh_message_id() -> str:
    """For a message that is not in the ledger."""
    return make_msgid(domain=_domain())


def _domain() -> str:
    return parseaddr(settings.DEFAULT_FROM_EMAIL)[1].rpartition("@")[2] or "localhost"


def _text(name: str, words: Mapping[str, Any]) -> str:
    """A text template, without the escaping of pages and the blank lines its tags leave behind."""
    template: Template = engines["django"].get_template(name).template  # type: ignore[attr-defined]  # Django's own backend
    text = template.render(Context(dict(words), autoescape=False))
    lines = "\n".join(line.rstrip() for line in text.splitlines())
    return re.sub(r"\n{3,}", "\n\n", lines).strip()


def _attach(message: Letter, method: str, content: bytes) -> None:
    """Twice, as programs differ: inside for those that act on an invitation, and as a file."""
    message.attach_alternative(content.decode(), f"text/calendar; method={method}")
    message.attach(FILE_NAME, content, "application/ics")
