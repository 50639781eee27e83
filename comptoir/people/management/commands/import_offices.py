"""`comptoir offices import FILE`: districts, members of the House of Commons, senators."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from comptoir.people.actions import imports
from comptoir.people.importing.formats import Kind
from comptoir.people.importing.plans import Plan
from comptoir.people.importing.rows import BadFile, BadRows
from comptoir.ui import clock

REFUSED = 2
"""The exit code for a file of which nothing was imported."""


class Command(BaseCommand):
    help = (
        "Import a list of electoral districts (CSV), of members of the House of Commons (its open-data"
        " XML) or of senators (CSV). Importing the same list again changes nothing."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument(
            "file", type=Path, help="the list; its kind is found out by its contents"
        )
        parser.add_argument(
            "--dry-run", action="store_true", help="show the difference, write nothing"
        )
        parser.add_argument("--kind", choices=[*Kind], help="insist on this kind of list")
        parser.add_argument(
            "--suspend-missing",
            action="store_true",
            help="suspend open offices that this list does not name: only for a complete list",
        )
        parser.formatter_class = argparse.HelpFormatter

    def handle(self, *args: Any, **options: Any) -> None:
        path: Path = options["file"]
        try:
            plan = imports.import_list(
                path=path,
                kind=Kind(options["kind"]) if options["kind"] else None,
                suspend_missing=options["suspend_missing"],
                dry_run=options["dry_run"],
                by=None,
                now=clock.now(),
            )
        except BadFile as bad:
            raise CommandError(f"{path.name}: {bad}", returncode=REFUSED) from bad
        except BadRows as bad:
            raise CommandError(_bad_rows(path, bad), returncode=REFUSED) from bad
        self._report(plan, dry_run=options["dry_run"])

    def _report(self, plan: Plan, *, dry_run: bool) -> None:
        if dry_run:
            for line in plan.lines():
                self.stdout.write(line)
        done = [f"{count} {what}" for what, count in plan.counts().items() if count]
        summary = ", ".join(done) or "nothing to change"
        self.stdout.write(f"{summary}; {plan.unchanged} unchanged.")
        if plan.missing:
            self.stdout.write(
                f"{len(plan.missing)} open offices are not in this list and were left as they are"
                " (--suspend-missing suspends them)."
            )
        if dry_run:
            self.stdout.write("Nothing was written.")


def _bad_rows(path: Path, bad: BadRows) -> str:
    lines = [f"{path.name}: {fault}" for fault in bad.faults]
    if bad.more:
        lines.append(f"{path.name}: and more.")
    return "\n".join([*lines, "Nothing was imported."])
