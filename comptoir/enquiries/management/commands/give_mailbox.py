"""`comptoir enquiries give-mailbox LINE ADDRESS`: which line the mail to an address belongs to."""

from __future__ import annotations

from typing import Any

from django.core.exceptions import ValidationError
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.core.validators import validate_email

from comptoir.enquiries.actions import mailboxes
from comptoir.enquiries.models import Line
from comptoir.ui import clock

REFUSED = 2
"""The exit code when nothing was changed."""

WHY: dict[type[mailboxes.CannotGive], str] = {
    mailboxes.Closed: "The line is closed.",
    mailboxes.Taken: "Another open line has this mailbox. Give that one another first.",
}


class Command(BaseCommand):
    help = "Give an open line its mailbox. Without an address, list the open lines with theirs."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("line", nargs="?", help="the code of the line")
        parser.add_argument("address", nargs="?", help="its mailbox; '' takes it away")

    def handle(self, *args: Any, **options: Any) -> None:
        code, address = options["line"], options["address"]
        if code is None or address is None:
            for each in Line.objects.open_at(clock.now()).order_by("code"):
                self.stdout.write(f"{each.code}: {each.mailbox or 'no mailbox'}")
            return
        line = Line.objects.filter(code=code).first()
        if line is None:
            raise CommandError(f"No line has the code {code!r}.", returncode=REFUSED)
        try:
            if address:
                validate_email(address)
            mailboxes.give(line=line, mailbox=address, by=None, now=clock.now())
        except ValidationError as bad:
            raise CommandError(f"{address!r} is no e-mail address.", returncode=REFUSED) from bad
        except mailboxes.CannotGive as refused:
            raise CommandError(WHY[type(refused)], returncode=REFUSED) from refused
        self.stdout.write(f"{code}: {address.strip().casefold() or 'no mailbox'}")
