"""A crisis line's after-action report as rows of a file: figures first, then the timeline."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime

from comptoir.enquiries.models import CrisisEvent, CrisisLine
from comptoir.enquiries.queries import crisis as lines


def rows(crisis: CrisisLine, at: datetime) -> Iterator[list[object]]:
    """Codes in one language, so that files of different readers can be put together."""
    yield ["line", "name_en", "name_fr", "keyword", "drill", "opened_at", "closed_at", "sunset_on"]
    line = crisis.line
    yield [
        line.code,
        _safe(line.name_en),
        _safe(line.name_fr),
        crisis.keyword,
        "yes" if line.is_drill else "no",
        line.opened_at.isoformat(),
        crisis.closed_at.isoformat() if crisis.closed_at else "",
        crisis.sunset_on.isoformat(),
    ]
    found = lines.figures(crisis, at)
    yield ["figure", "value"]
    for name in ("received", "answered", "ended", "waiting", "late", "sent_on", "on_loan"):
        yield [name, getattr(found, name)]
    rate = found.answer_rate
    yield ["answer_rate_percent", "" if rate is None else f"{rate:.1f}"]
    for each in found.languages:
        yield [f"received_{each.code}", each.received]
        yield [f"answered_{each.code}", each.answered]
    yield ["happened", "at", "by", "person", "sunset_before", "sunset_after", "items", "reason"]
    yield from map(_event, lines.timeline(crisis))


def _event(event: CrisisEvent) -> list[object]:
    return [
        event.kind,
        event.at.isoformat(),
        _safe(event.by.name if event.by else ""),
        _safe(event.person.name if event.person else ""),
        event.sunset_before or "",
        event.sunset_after or "",
        event.items,
        _safe(event.reason),
    ]


def _safe(text: str) -> str:
    """What a spreadsheet would take for a formula is a text."""
    return f"'{text}" if text[:1] in ("=", "+", "-", "@", "\t", "\r") else text
