"""A text of an enquiry as a mail: plain, in the client's language, and nothing of what the client wrote.

Its subject is ours. The client's own may tell of a case, and would travel and be stored once more.
"""

from __future__ import annotations

from datetime import datetime
from email.utils import format_datetime, formataddr

from django.template.loader import render_to_string
from django.utils import translation

from comptoir.domain import threading
from comptoir.domain.mail_signs import LOOP_HEADER
from comptoir.enquiries.models import InboundMail, OutboundMail
from comptoir.notices.rendering import SEVEN_BITS, Letter

MOST_REFERENCES = 10
TEMPLATE = "enquiries/mails/answer"


def letter(mail: OutboundMail, *, now: datetime) -> Letter:
    """The mail that carries this text."""
    message = mail.message
    enquiry = message.enquiry
    with translation.override(message.language or enquiry.language):
        words = {"reference": enquiry.reference, "body": message.body, "line": enquiry.line.name}
        subject = render_to_string(f"{TEMPLATE}.subject.txt", words)
        body = render_to_string(f"{TEMPLATE}.body.txt", words)
        sender = formataddr((enquiry.line.name, mail.mailbox))
    headers: dict[str, str] = {
        "Date": format_datetime(now),
        "Message-ID": mail.sent_as,
        "Content-Language": message.language or enquiry.language,
        # A person wrote it (RFC 3834, 5): it may be answered, and a holiday responder may say so.
        "Auto-Submitted": "no",
        LOOP_HEADER.title(): "1",
        **_thread(mail),
    }
    made = Letter(
        subject=" ".join(subject.split()),
        body=body.strip() + "\n",
        from_email=sender,
        to=[mail.to],
        reply_to=[mail.reply_to],
        headers=headers,
    )
    made.encoding = SEVEN_BITS
    return made


def _thread(mail: OutboundMail) -> dict[str, str]:
    """In-Reply-To and References: the mails that came for this enquiry, if their ids are ids."""
    came = InboundMail.objects.filter(messages__enquiry=mail.message.enquiry)
    newest = came.order_by("-received_at", "-pk").values_list("message_id", flat=True)
    named = list(dict.fromkeys(newest))[:MOST_REFERENCES]
    ids = [each for name in reversed(named) for each in threading.message_ids(name)]
    ids = [each for each in ids if each.isascii() and each.isprintable()]
    return {"In-Reply-To": ids[-1], "References": " ".join(ids)} if ids else {}
