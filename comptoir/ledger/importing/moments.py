"""Moments as call systems write them, in UTC as PostgreSQL reads them.

A month of records has millions of moments and some forty thousand minutes: a minute is converted once, from
the pinned zones, and the seconds are put behind it. PostgreSQL converts nothing. Fractions of a second are
cut off.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

from comptoir.ui import clock

NULL = r"\N"
"""How COPY writes that there is no value. As a text it sorts after every moment."""

BAD = ""
"""In the place of a moment that cannot be read."""

SECONDS = {f"{second:02}": f"{second:02}+00" for second in range(60)}
FRACTION = re.compile(r"[.,]\d+")
MOST_KEPT = 200_000


class _Kept(dict[str, str]):
    """What a function makes of texts, each made once; emptied before it grows without bound."""

    def __init__(self, make: Callable[[str], str]) -> None:
        super().__init__()
        self.make = make

    def __missing__(self, text: str) -> str:
        if len(self) >= MOST_KEPT:
            self.clear()
        self[text] = made = self.make(text)
        return made


class Moments:
    """Reads moments written in one way in one zone.

    A time that the clocks skip in spring is none. Of a time that comes twice in autumn the first is
    meant, unless it is asked for the second (`again`).
    """

    def __init__(self, written: str, zone: ZoneInfo, blank: frozenset[str]) -> None:
        self.written = written
        self.zone = zone
        self.blank = blank
        self.minutes = _Kept(self._minute)
        self.wholes = _Kept(self._whole)
        self.days = _Kept(_service_day)

    def read(self, texts: Sequence[str]) -> list[str]:
        """In UTC; NULL for what is blank, BAD for what is no moment."""
        minutes, wholes, seconds = self.minutes, self.wholes, SECONDS
        if len(self.blank) > 1:
            blank = self.blank
            texts = ["" if text in blank else text for text in texts]
        if self.written == "iso":
            return [
                minute + seconds[text[17:19]]
                if text[17:19] in seconds and (minute := minutes[text[:16] + text[19:]])
                else wholes[text]
                for text in _without_fractions(texts)
            ]
        if self.written.endswith(":%S"):
            return [
                minute + seconds[text[-2:]]
                if text[-2:] in seconds and (minute := minutes[text[:-2]])
                else wholes[text]
                for text in texts
            ]
        return [wholes[text] for text in texts]

    def on(self, moments: Sequence[str]) -> list[str]:
        """The day in the service's zone of each."""
        days = self.days
        return [days[moment[:16]] for moment in moments]

    def again(self, text: str) -> datetime | None:
        """The second of two, where a time comes twice; None where it does not."""
        first, second = (self._instant(text, fold) for fold in (0, 1))
        return second if second != first else None

    def _minute(self, head: str) -> str:
        """The minute in UTC, up to where the seconds stand."""
        if self.written == "iso":
            instant = self._instant(f"{head[:16]}:00{head[16:]}", 0)
        else:
            instant = self._instant(f"{head}00", 0)
        return f"{instant.isoformat(' ')[:16]}:" if instant else BAD

    def _whole(self, text: str) -> str:
        if not text:
            return NULL
        instant = self._instant(text, 0)
        return as_read(instant) if instant else BAD

    def _instant(self, text: str, fold: int) -> datetime | None:
        try:
            made = self._parsed(text)
        except (ValueError, OverflowError, OSError):
            return None
        if made.tzinfo is None:
            made = made.replace(tzinfo=self.zone, fold=fold)
            there = made.astimezone(UTC).astimezone(self.zone)
            if there.replace(tzinfo=None) != made.replace(tzinfo=None):
                return None  # the clocks skip it
        instant = made.astimezone(UTC)
        return instant if instant.year >= 1000 else None

    def _parsed(self, text: str) -> datetime:
        if self.written == "epoch":
            return datetime(1970, 1, 1, tzinfo=UTC) + timedelta(seconds=int(FRACTION.sub("", text)))
        if self.written == "iso":
            return datetime.fromisoformat(FRACTION.sub("", text))
        return datetime.strptime(text, self.written)  # noqa: DTZ007 - the zone is the mapping's


def _without_fractions(texts: Sequence[str]) -> Sequence[str]:
    together = "".join(texts)
    if "." not in together and "," not in together:
        return texts
    return [FRACTION.sub("", text) for text in texts]


def instant_of(moment: str) -> datetime | None:
    """A moment that was read, as a value."""
    return None if moment == NULL else datetime.fromisoformat(moment)


def as_read(instant: datetime) -> str:
    """A value as a moment that was read."""
    return f"{instant.astimezone(UTC).isoformat(' ')[:19]}+00"


def _service_day(minute: str) -> str:
    at = datetime.fromisoformat(f"{minute}:00+00:00")
    return clock.service_date(at).isoformat()
