"""`comptoir ledger import FILE --mapping FILE`: call records of any call system."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from comptoir.ledger.actions import importing
from comptoir.ledger.importing.lines import BadFile
from comptoir.ledger.importing.mappings import BadMapping, load
from comptoir.ui import clock

SET_ASIDE = 1
"""The exit code when everything was imported but some rows."""

REFUSED = 2
"""The exit code for a file of which nothing was imported."""


class Command(BaseCommand):
    help = (
        "Import call records (CSV) into the ledger of contacts, as a mapping (TOML) says."
        " Importing the same file again changes nothing."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("file", type=Path, help="the records, as CSV")
        parser.add_argument(
            "--mapping", type=Path, required=True, help="which column means what, as TOML"
        )
        parser.add_argument(
            "--dry-run", action="store_true", help="say what would be done, write nothing"
        )

    def handle(self, *args: Any, **options: Any) -> None:
        path: Path = options["file"]
        try:
            mapping = load(options["mapping"])
        except BadMapping as bad:
            raise CommandError(f"{options['mapping'].name}: {bad}", returncode=REFUSED) from bad
        try:
            done = importing.import_file(
                path=path, mapping=mapping, by=None, now=clock.now(), dry_run=options["dry_run"]
            )
        except BadFile as bad:
            raise CommandError(f"{path.name}: {bad}", returncode=REFUSED) from bad
        totals = done.totals
        self.stdout.write(
            f"{totals.read:,} rows read: {totals.new:,} new, {totals.known:,} known,"
            f" {totals.rejected:,} set aside."
        )
        if options["dry_run"]:
            self.stdout.write("Nothing was written.")
        if totals.rejected:
            raise CommandError(_set_aside(path, done), returncode=SET_ASIDE)


def _set_aside(path: Path, done: importing.Imported) -> str:
    lines = [
        f"{path.name}: line {one.line}, {one.column}: {one.reason}" for one in done.first_rejected
    ]
    if done.totals.rejected > len(lines):
        lines.append(f"{path.name}: and {done.totals.rejected - len(lines):,} more.")
    if done.number is not None:
        lines.append(f"The rows are kept aside as rejected rows of import {done.number}.")
    return "\n".join(lines)
