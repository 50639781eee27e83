"""`comptoir roster import FILE`: professionals, their languages, skills and hours."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from comptoir.people.importing.rows import BadFile, BadRows
from comptoir.roster.actions import imports
from comptoir.roster.actions.imports import Difference
from comptoir.roster.actions.locking import RosterBusy
from comptoir.ui import clock

REFUSED = 2
"""The exit code for a file of which nothing was imported."""


class Command(BaseCommand):
    help = (
        "Import professionals and their hours from CSV or .ics (docs/guides/roster.md has the columns)."
        " Importing the same file again changes nothing."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("file", type=Path, help="the roster, .csv or .ics")
        parser.add_argument(
            "--dry-run", action="store_true", help="show the difference, write nothing"
        )

    def handle(self, *args: Any, **options: Any) -> None:
        path: Path = options["file"]
        try:
            difference = imports.import_roster(
                path=path, dry_run=options["dry_run"], by=None, now=clock.now()
            )
        except BadFile as bad:
            raise CommandError(f"{path.name}: {bad}", returncode=REFUSED) from bad
        except BadRows as bad:
            raise CommandError(_bad_rows(path, bad), returncode=REFUSED) from bad
        except RosterBusy as busy:
            raise CommandError("Somebody else is changing the roster. Try again.") from busy
        self._report(difference, dry_run=options["dry_run"])

    def _report(self, difference: Difference, *, dry_run: bool) -> None:
        for line in difference.lines if dry_run else ():
            self.stdout.write(line)
        self.stdout.write(
            f"{difference.added} added, {difference.changed} changed,"
            f" {difference.unchanged} unchanged."
        )
        if dry_run:
            self.stdout.write("Nothing was written.")


def _bad_rows(path: Path, bad: BadRows) -> str:
    lines = [f"{path.name}: {fault}" for fault in bad.faults]
    if bad.more:
        lines.append(f"{path.name}: and more.")
    return "\n".join([*lines, "Nothing was imported."])
