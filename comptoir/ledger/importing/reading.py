"""What the rows of a batch say of contacts, column by column: ready for COPY, or set aside with the reason.

A column is read at once, since a row at a time is several times slower; what is unusual is looked at row by
row. What is checked here the database checks again: a row that would break one of its constraints must not
take the whole batch with it.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from collections.abc import Mapping as Named
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from operator import itemgetter

from comptoir.ledger.client_keys import keyed
from comptoir.ledger.importing.lines import Batch, Rejected
from comptoir.ledger.importing.mappings import CHOICES, MOMENTS, TEXTS, Mapping
from comptoir.ledger.importing.moments import BAD, NULL, Moments, as_read, instant_of
from comptoir.ledger.models import COLUMNS, EXCLUDED, IN_ORDER, NEEDED, Outcome, RejectedRow

EARLIEST = "1990"
"""Ours: a receipt before that year is a mistake, and would make a table for its month."""

AHEAD = timedelta(days=1)
"""So far a receipt may lie after the moment of the import, by clocks that run ahead."""

MOST_SEQUENCE = 2**31 - 1
MOST_OFFICE = 2**63 - 1
LONGEST_NUMBER = 40
"""Digits, zeros in front among them."""


@dataclass(frozen=True, slots=True)
class Read:
    """A batch that was read: one text for COPY with a line for each good row, and their places in it."""

    copied: str
    places: Sequence[int]
    days: frozenset[date]
    rejected: list[Rejected]


class Reader:
    """Reads batches by one mapping."""

    def __init__(self, mapping: Mapping, places: Named[str, int], now: datetime) -> None:
        self.mapping = mapping
        self.places = places
        self.key = keyed()
        self.moments = Moments(mapping.time_format, mapping.zone, mapping.blank)
        self.latest = as_read(now + AHEAD)
        self.fits = dict(_fits())

    def read(self, batch: Batch) -> Read:
        """What can be imported of a batch, and what is set aside."""
        if not batch.rows:
            return Read("", (), frozenset(), batch.rejected)
        return _Reading(self, batch).done()


class _Reading:
    """One batch being read. `faults` holds the first thing that is wrong with a row, by its place."""

    def __init__(self, reader: Reader, batch: Batch) -> None:
        self.reader, self.mapping, self.batch = reader, reader.mapping, batch
        self.size = len(batch.rows)
        self.faults: dict[int, tuple[str, str]] = {}
        self.read: dict[str, list[str]] = {}
        self.columns: dict[str, Sequence[str]] = {"source": [self.mapping.source] * self.size}

    def done(self) -> Read:
        for name in TEXTS:
            self.columns[name] = self._text(name)
        self._whole_numbers("sequence", "1", 1, MOST_SEQUENCE)
        self._whole_numbers("office_id", NULL, 0, MOST_OFFICE)
        self._client_keys()
        written = self._written()
        for name in MOMENTS:
            self._moments(name, written[name])
        self._receipts()
        self._outcomes()
        self._order(written)
        return self._put_together()

    def _cells(self, name: str) -> list[str]:
        cell = itemgetter(self.reader.places[name])
        return list(map(str.strip, map(cell, self.batch.rows)))

    # --- Words ---

    def _text(self, name: str) -> Sequence[str]:
        """A field of words, in ours where the mapping translates them."""
        if name not in self.mapping.columns:
            return [self.mapping.constants.get(name, "")] * self.size
        cells = self._cells(self.mapping.columns[name])
        values = self.mapping.values.get(name)
        if name in CHOICES:
            return self._choices(name, cells, values or {})
        if values:
            cells = [values.get(cell, cell) for cell in cells]
        longest = TEXTS[name]
        if max(map(len, cells)) > longest:
            self._blame(
                name, f"has more than {longest} characters", (len(c) > longest for c in cells)
            )
        together = "".join(cells)
        if not together.isprintable():
            self._blame(
                name,
                "holds characters that cannot be printed",
                (not c.isprintable() for c in cells),
            )
        if name == "source_id" and "" in cells:
            self._blame(name, "is empty", (not c for c in cells))
        if "\\" in together:
            cells = [cell.replace("\\", "\\\\") for cell in cells]
        return cells

    def _choices(self, name: str, cells: list[str], values: Named[str, str]) -> Sequence[str]:
        known = {choice: choice for choice in CHOICES[name]} | dict(values)
        found = [known.get(cell, BAD) for cell in cells]
        if BAD in found:
            for place, cell in enumerate(cells):
                if cell not in known:
                    self._fault(place, name, f"{cell[:40]!r} is not in the mapping")
        return found

    def _whole_numbers(self, name: str, none: str, least: int, most: int) -> None:
        cells = self.columns[name]
        if set(cells) <= {"", "1"}:
            self.columns[name] = [cell or none for cell in cells]
            return
        for place, cell in enumerate(cells):
            # The length first: Python refuses to read a number of thousands of digits.
            is_short = len(cell) <= LONGEST_NUMBER and cell.isascii() and cell.isdigit()
            if cell and not (is_short and least <= int(cell) <= most):
                self._fault(place, name, f"{cell[:20]!r} is not a whole number from {least}")
        self.columns[name] = [cell or none for cell in cells]

    def _client_keys(self) -> None:
        key = self.reader.key
        made = [key(cell) if cell else None for cell in self.columns.pop("client")]
        self.columns["client_key"] = [rf"\\x{one.hex()}" if one else NULL for one in made]

    # --- Moments ---

    def _written(self) -> dict[str, Sequence[str]]:
        """Each moment as it is written: of its alternatives the first that is not blank."""
        blank = self.mapping.blank
        found: dict[str, Sequence[str]] = {}
        for name in MOMENTS:
            ways = [self._way(way) for way in self.mapping.times.get(name, ())]
            best = ways[0] if ways else [""] * self.size
            for other in ways[1:]:
                best = [b if a in blank else a for a, b in zip(best, other, strict=True)]
            found[name] = best
        # Many systems have one column for the end of waiting, however it ended.
        found["abandoned_at"] = [
            text if outcome == Outcome.ABANDONED else ""
            for text, outcome in zip(found["abandoned_at"], self.columns["outcome"], strict=True)
        ]
        return found

    def _way(self, names: tuple[str, ...]) -> list[str]:
        parts = [self._cells(name) for name in names]
        if len(parts) == 1:
            return parts[0]
        blank = self.mapping.blank
        joined = zip(*parts, strict=True)
        return ["" if cells[-1] in blank else " ".join(cells) for cells in joined]

    def _moments(self, name: str, written: Sequence[str]) -> None:
        moments, latest = self.reader.moments.read(written), self.reader.latest
        self.columns[name] = self.read[name] = moments
        if BAD in moments:
            for place, moment in enumerate(moments):
                if moment == BAD:
                    self._fault(place, name, f"{written[place][:40]!r} is no time of that format")
        if min(moments) < EARLIEST:
            self._blame(name, "lies long ago", (moment < EARLIEST for moment in moments))
        if [moment for moment in moments if latest < moment < NULL]:
            self._blame(name, "lies in the future", (latest < m < NULL for m in moments))

    def _receipts(self) -> None:
        received = self.columns["received_at"]
        if NULL in received:
            self._blame("received_at", "is empty", (moment == NULL for moment in received))
        if self.faults:
            some_day = self.reader.latest
            received = [m if p not in self.faults else some_day for p, m in enumerate(received)]
        self.columns["on"] = self.reader.moments.on(received)

    def _outcomes(self) -> None:
        """Whether the moments that are known can be those of the outcome."""
        c, fits = self.columns, self.reader.fits
        looked_at = zip(
            c["outcome"], c["offered_at"], c["answered_at"], c["abandoned_at"], strict=True
        )
        reasons = [fits.get((o, f != NULL, a != NULL, b != NULL), "") for o, f, a, b in looked_at]
        if any(reasons):
            for place, reason in enumerate(reasons):
                if reason:
                    self._fault(place, "outcome", reason)

    def _order(self, written: Named[str, Sequence[str]]) -> None:
        c = self.columns
        moments = zip(*(c[name] for name in MOMENTS), strict=True)
        skewed = ["f"] * self.size
        for place, (received, offered, answered, abandoned, ended) in enumerate(moments):
            if (
                offered < received
                or answered < offered
                or abandoned < offered
                or ended < received
                or (ended < answered != NULL)
                or (ended < abandoned != NULL)
            ) and place not in self.faults:
                self._put_in_order(place, written)
                skewed[place] = self._skewed(place)
        self.columns["skewed"] = skewed

    def _put_in_order(self, place: int, written: Named[str, Sequence[str]]) -> None:
        """In the hour that comes twice, what would be before an earlier moment is of the second time."""
        latest = instant_of(self.columns["received_at"][place])
        for name in MOMENTS[1:]:
            at = instant_of(self.columns[name][place])
            if at is None or latest is None:
                continue
            if latest - at > self.mapping.most_skew:
                again = self.reader.moments.again(written[name][place])
                if again is not None:
                    at = again
                    self.read[name][place] = as_read(again)
            latest = max(latest, at)

    def _skewed(self, place: int) -> str:
        """Whether it is out of order still; by more than clocks differ it is set aside."""
        at = {name: instant_of(self.columns[name][place]) for name in MOMENTS}
        skewed = "f"
        for first, second in IN_ORDER:
            earlier, later = at[first], at[second]
            if earlier is not None and later is not None and later < earlier:
                skewed = "t"
                if earlier - later > self.mapping.most_skew:
                    seconds = int((earlier - later).total_seconds())
                    self._fault(place, second, f"is {seconds} seconds before {first}")
        return skewed

    # --- What comes out ---

    def _fault(self, place: int, name: str, reason: str) -> None:
        self.faults.setdefault(place, (name, reason))

    def _blame(self, name: str, reason: str, wrong: Iterator[bool]) -> None:
        for place, one in enumerate(wrong):
            if one:
                self._fault(place, name, reason)

    def _put_together(self) -> Read:
        columns = [self.columns[name] for name in COLUMNS]
        places: Sequence[int] = range(self.size)
        if self.faults:
            places = [place for place in places if place not in self.faults]
            columns = [[column[place] for place in places] for column in columns]
        lines = "\n".join(map("\t".join, zip(*columns, strict=True)))
        days = frozenset(map(date.fromisoformat, set(columns[0])))
        return Read(
            copied=f"{lines}\n" if lines else "",
            places=places,
            days=days,
            rejected=[*self.batch.rejected, *map(self._rejected, sorted(self.faults))],
        )

    def _rejected(self, place: int) -> Rejected:
        column, reason = self.faults[place]
        return rejected(self.batch, place, column, reason)


def rejected(batch: Batch, place: int, column: str, reason: str) -> Rejected:
    """A row of a batch, set aside."""
    text = batch.texts[place].rstrip("\r\n")
    return Rejected(batch.numbers[place], column, reason, text[: RejectedRow.LONGEST])


def _fits() -> Iterator[tuple[tuple[str, bool, bool, bool], str]]:
    """What speaks against an outcome, by which of the three moments in the middle are known."""
    names = ("offered_at", "answered_at", "abandoned_at")
    for outcome in Outcome:
        for bits in range(8):
            known = {name: bool(bits >> place & 1) for place, name in enumerate(names)}
            missing = [name for name in NEEDED.get(outcome, ()) if not known[name]]
            excess = [name for name in EXCLUDED[outcome] if known[name]]
            reason = f"is {outcome.value}, and {(missing or excess or [''])[0]} is"
            if missing or excess:
                offered, answered, abandoned = known.values()
                key = (outcome.value, offered, answered, abandoned)
                yield key, f"{reason} {'empty' if missing else 'not empty'}"
