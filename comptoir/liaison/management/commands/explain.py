"""`comptoir liaison explain DECISION`: what the sharing rule decided and why, in both languages."""

from __future__ import annotations

import json
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import timezone, translation

from comptoir.liaison.models import Decision
from comptoir.liaison.queries import decisions
from comptoir.ui import clock

REFUSED = 2
"""The exit code when there is no such decision."""


class Command(BaseCommand):
    help = "Say what the sharing rule decided, by which version, on which numbers, and why."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("decision", type=int, help="its number")

    def handle(self, *args: Any, **options: Any) -> None:
        found = Decision.objects.select_related("office", "policy")
        decision = found.filter(pk=options["decision"]).first()
        if decision is None:
            raise CommandError(
                f"There is no decision {options['decision']}: its number stands on the refusal.",
                returncode=REFUSED,
            )
        for language in ("en", "fr"):
            with translation.override(language), timezone.override(clock.service_zone()):
                told = decisions.told(decision)
                said = " ".join([*told.sentences, told.next_step])
                self.stdout.write(f"{language}: {said}".rstrip())
        version = decision.policy.version if decision.policy else "-"
        self.stdout.write(
            f"office {decision.office.reference}, {decision.on}, version {version},"
            f" class {decision.of_class or '-'}, seed {decision.seed}"
        )
        self.stdout.write(json.dumps(decision.counters, sort_keys=True))
