"""`comptoir liaison allowances FROM`: compute what each office is allotted of a week, and publish it."""

from __future__ import annotations

from datetime import date
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from comptoir.liaison.actions import apportioning
from comptoir.people.models import Office
from comptoir.ui import clock
from comptoir.ui.times import duration

REFUSED = 2
"""The exit code when nothing was published."""


class Command(BaseCommand):
    help = (
        "Compute the weekly allowance of every office from what it attended, under the rule of that"
        " day, and publish it. What is booked stays booked."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("valid_from", type=date.fromisoformat, help="the first day, YYYY-MM-DD")
        parser.add_argument("--dry-run", action="store_true", help="show it, publish nothing")

    def handle(self, *args: Any, **options: Any) -> None:
        now = clock.now()
        try:
            proposal = apportioning.propose(valid_from=options["valid_from"], now=now)
            self._show(proposal)
            if not options["dry_run"]:
                apportioning.publish(proposal=proposal, by=None, now=now)
        except apportioning.CannotApportion as error:
            raise CommandError(str(error), returncode=REFUSED) from error
        self.stdout.write("Nothing was published." if options["dry_run"] else "Published.")

    def _show(self, proposal: apportioning.Proposal) -> None:
        for office in Office.objects.filter(pk__in=proposal.quanta).order_by("sort_name"):
            need, quanta = proposal.needs[office.pk], proposal.quanta[office.pk]
            comes = round(100 * proposal.chances[office.pk])
            self.stdout.write(
                f"{office.reference}  need {need:.2f}  {duration(15 * quanta)}  comes {comes} % of days"
            )
        given = sum(proposal.quanta.values())
        self.stdout.write(
            f"{len(proposal.quanta)} offices: {given} of {proposal.capacity} quarter hours of a week"
            f" from {proposal.valid_from} on."
        )
