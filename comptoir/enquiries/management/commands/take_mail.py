"""`comptoir enquiries take-mail DIR --mailbox ADDRESS`: mail that a server drops in a maildir."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from comptoir.enquiries.actions import collecting
from comptoir.enquiries.gateway.maildir import Maildir, NoMaildir
from comptoir.ui import clock

REFUSED = 2
"""The exit code when the folder is no maildir."""


class Command(BaseCommand):
    help = (
        "Take in the mail that lies in a maildir's new/, put it into cur/ once it is on record, and"
        " decide it. May be run as often as one likes, and by several at once."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("folder", type=Path, help="the maildir")
        parser.add_argument(
            "--mailbox", required=True, help="the address whose mail it is; its line takes it in"
        )

    def handle(self, *args: Any, **options: Any) -> None:
        maildir = Maildir(options["folder"])
        try:
            maildir.check()
        except NoMaildir as bad:
            raise CommandError(str(bad), returncode=REFUSED) from bad
        taken = collecting.collect_maildir(
            maildir=maildir, mailbox=options["mailbox"], clock=clock.now
        )
        decided = collecting.decide_pending(clock=clock.now)
        self.stdout.write(f"{taken} mails taken in, {decided} decided.")
