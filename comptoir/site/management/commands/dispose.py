"""`comptoir dispose`: what the nightly job does, now; or what it would do."""

from __future__ import annotations

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from comptoir.site import disposal
from comptoir.ui import clock

BAD_HOLD = 2

LABELS = {
    "appointments": "appointments, whose cases go",
    "enquiries": "enquiries, whose names and texts go",
    "documents": "documents",
    "authorizations": "records of what somebody may be told",
    "cases": "cases, with their history",
    "follow_ups": "follow-ups",
    "notices": "notices in the ledger",
    "invitations": "invitations",
    "mails": "mails that became no enquiry",
    "mail_files": "mail files",
    "rejected_rows": "rows of call records that were set aside",
}


class Command(BaseCommand):
    """Delete for good what has not been used for as long as the settings say."""

    help = "Delete for good what has not been used for as long as the settings say."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--dry-run", action="store_true", help="only count what is due")

    def handle(self, *args: Any, **options: Any) -> None:
        now = clock.now()
        try:
            held = disposal.hold()
            counts = disposal.due(now) if options["dry_run"] else disposal.dispose(now)
        except disposal.UnknownHold as unknown:
            raise CommandError(str(unknown), returncode=BAD_HOLD) from unknown
        if held.everything:
            self.stdout.write("Everything is under legal hold: nothing is disposed of.")
            return
        if held.is_on:
            self.stdout.write(f"Under legal hold, and not touched: {len(held.offices)} office(s).")
        gone = +counts
        begin = "Due to be disposed of" if options["dry_run"] else "Disposed of"
        self.stdout.write(f"{begin}:" if gone else f"{begin}: nothing.")
        for name, label in LABELS.items():
            if gone[name]:
                self.stdout.write(f"  {gone[name]:>9,}  {label}")
