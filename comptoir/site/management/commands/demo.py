"""`comptoir demo`: fill an empty database with the demonstration world, or say how to sign in to it."""

from __future__ import annotations

from argparse import ArgumentParser
from datetime import UTC, datetime
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from comptoir.demonstration import loading, signing_in
from comptoir.demonstration.scale import FULL, SMALL
from comptoir.ui import clock


class Command(BaseCommand):
    """Load the demonstration, print who can sign in (`people`), or the second factor (`code`)."""

    help = "Fill an empty database with invented offices, people and appointments."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument(
            "what",
            nargs="?",
            choices=["load", "people", "code"],
            default="load",
            help="load the world (default), or print who can sign in, or the second factor",
        )
        parser.add_argument("--seed", type=int, default=loading.SEED, help="another world")
        parser.add_argument("--at", help="the moment it is made for, as 2026-11-23T09:00 in UTC")
        parser.add_argument(
            "--small", action="store_true", help="sixteen offices, four professionals"
        )

    def handle(self, *args: Any, **options: Any) -> None:
        if options["what"] == "code":
            self.stdout.write(signing_in.code(clock.now()))
            return
        if options["what"] == "load":
            self._load(options)
        self.stdout.write(signing_in.instructions(settings.ADDRESS))

    def _load(self, options: dict[str, Any]) -> None:
        now = _moment(options["at"]) if options["at"] else clock.now()
        self.stdout.write("Making the demonstration world; this takes about half a minute.")
        try:
            loading.load(now=now, seed=options["seed"], scale=SMALL if options["small"] else FULL)
        except loading.NotEmpty as error:
            raise CommandError(
                "The database is not empty. Invented people are never mixed with real ones."
            ) from error
        except loading.Production as error:
            raise CommandError(
                "COMPTOIR_MODE is production. Invented people have no place there."
            ) from error


def _moment(text: str) -> datetime:
    try:
        return datetime.fromisoformat(text).replace(tzinfo=UTC)
    except ValueError as error:
        raise CommandError(f"{text!r} is not a moment; write it as 2026-11-23T09:00.") from error
