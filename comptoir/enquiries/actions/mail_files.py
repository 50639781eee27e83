"""What hangs on a mail becomes documents of its enquiry; beside what cannot, the mail says why not.

A mail has come already, so a file that is not taken holds up nothing: the text is read and answered,
and the agent sees which file was left out. It stays in the original of the mail.
"""

from __future__ import annotations

from datetime import datetime

from comptoir.domain import documents as rule
from comptoir.enquiries.actions import documents
from comptoir.enquiries.mail_reading import Attachment, Read
from comptoir.enquiries.models import InboundMail, LeftOut, Message

WHY: dict[type[Exception], LeftOut] = {
    rule.Empty: LeftOut.EMPTY,
    rule.TooLarge: LeftOut.TOO_LARGE,
    rule.UnknownType: LeftOut.UNKNOWN_TYPE,
    rule.TwoInOne: LeftOut.TWO_IN_ONE,
    rule.Bomb: LeftOut.BOMB,
    rule.Program: LeftOut.PROGRAM,
    documents.TooMany: LeftOut.TOO_MANY,
}


def keep(*, mail: InboundMail, read: Read, message: Message, now: datetime) -> None:
    """Take in the first `documents.MOST_AT_ONCE` files of a mail that are welcome; the mail is not saved."""
    room = documents.MOST_AT_ONCE
    told = []
    for each in read.attachments:
        left_out = _left_out(each, message, now) if room else LeftOut.TOO_MANY
        room -= not left_out
        told.append(
            {"name": each.name, "type": each.type, "size": each.size, "left_out": str(left_out)}
        )
    mail.attachments = told


def _left_out(file: Attachment, message: Message, now: datetime) -> LeftOut | str:
    """Why it was not taken in; blank if it was."""
    given = documents.Given(file.name, file.content)
    try:
        documents.keep_of_asker(message=message, files=[given], now=now)
    except (rule.Unwelcome, documents.CannotKeep) as refused:
        return WHY[type(refused)]
    return ""
