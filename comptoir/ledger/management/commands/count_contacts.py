"""`comptoir ledger count --from DAY --to DAY`: what the ledger counts, as a table."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import fields
from datetime import date, timedelta
from typing import Any, get_args

from django.core.management.base import BaseCommand, CommandError, CommandParser

from comptoir.ledger import queries

REFUSED = 2
NOTHING = "-"
BY = "on,line,channel,outcome"
NUMBERS = [one.name for one in fields(queries.Figures) if one.name != "group"]


class Command(BaseCommand):
    help = "Count contacts received from one day to another, both included, in the centre's days."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--from", dest="first", type=_day, required=True, metavar="DAY")
        parser.add_argument("--to", dest="last", type=_day, required=True, metavar="DAY")
        among = ", ".join(get_args(queries.Dimension))
        parser.add_argument(
            "--by", default=BY, help=f"one line for each of these, of: {among}; {BY} unless told"
        )

    def handle(self, *args: Any, **options: Any) -> None:
        by = [word for word in options["by"].split(",") if word]
        for word in by:
            if word not in get_args(queries.Dimension):
                raise CommandError(f"--by: {word!r} is nothing to count by.", returncode=REFUSED)
        try:
            until = options["last"] + timedelta(days=1)
            rows = queries.figures(first_on=options["first"], until_on=until, by=by)
            whole = queries.figures(first_on=options["first"], until_on=until)
        except (queries.TooMuch, OverflowError) as much:
            raise CommandError(f"Ask for less: {much}.", returncode=REFUSED) from much
        body = [_cells(one.group, one) for one in rows]
        if by:
            body += [_cells(["all", *[""] * (len(by) - 1)], one) for one in whole]
        for line in _table([*by, *NUMBERS], body):
            self.stdout.write(line)


def _day(text: str) -> date:
    return date.fromisoformat(text)


def _cells(group: Sequence[Any], one: queries.Figures) -> list[str]:
    words = [
        NOTHING if value in (None, "") and group[0] != "all" else str(value) for value in group
    ]
    return [*words, *(str(getattr(one, name)) for name in NUMBERS)]


def _table(head: Sequence[str], body: Iterable[Sequence[str]]) -> list[str]:
    rows = [head, *body]
    widths = [max(len(row[place]) for row in rows) for place in range(len(head))]
    words = len(head) - len(NUMBERS)
    return [
        "  ".join(
            cell.ljust(width) if place < words else cell.rjust(width)
            for place, (cell, width) in enumerate(zip(row, widths, strict=True))
        ).rstrip()
        for row in rows
    ]
