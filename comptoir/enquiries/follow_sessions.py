"""What a browser without an account may look at: kept in its session, over after a while without use.

Only keys and references lie there: never an e-mail address, a code or a text.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django.conf import settings
from django.contrib.sessions.backends.base import SessionBase
from django.http import HttpRequest

ASKED, WAITING, FOLLOWED = "enquiries:asked", "enquiries:code", "enquiries:followed"

SHOWN_FOR = timedelta(hours=1)
"""How long a receipt can be loaded again, and a stranger's session lasts."""


def note_asked(request: HttpRequest, *, message: int, is_duplicate: bool, now: datetime) -> None:
    """Remember the receipt of what was sent just now."""
    _note(request, ASKED, {"message": message, "is_duplicate": is_duplicate}, now)


def asked(session: SessionBase, now: datetime) -> dict[str, Any] | None:
    """The receipt, if it is not too old."""
    return _noted(session, ASKED, now, SHOWN_FOR)


def note_code(request: HttpRequest, *, key: UUID, now: datetime) -> None:
    """Remember which code this browser asked for."""
    _note(request, WAITING, {"key": str(key)}, now)


def code(session: SessionBase, now: datetime) -> UUID | None:
    """The key of the code this browser asked for."""
    noted = _noted(session, WAITING, now, SHOWN_FOR)
    return None if noted is None else UUID(noted["key"])


def open_for(request: HttpRequest, *, enquiry: int, now: datetime) -> None:
    """This browser has given the right code; its session gets another name."""
    request.session.cycle_key()
    request.session.pop(WAITING, None)
    _note(request, FOLLOWED, {"enquiry": enquiry}, now)


def opened(request: HttpRequest, now: datetime) -> int | None:
    """The key of the enquiry this browser may read; each look begins the minutes of idleness anew."""
    idle = timedelta(minutes=settings.IDLE_MINUTES)
    noted = _noted(request.session, FOLLOWED, now, idle)
    if noted is None:
        return None
    _note(request, FOLLOWED, {"enquiry": noted["enquiry"]}, now)
    return int(noted["enquiry"])


def close(session: SessionBase) -> None:
    """This browser reads nothing any more."""
    for name in (FOLLOWED, WAITING, ASKED):
        session.pop(name, None)


def _note(request: HttpRequest, name: str, what: dict[str, Any], now: datetime) -> None:
    request.session[name] = what | {"at": now.isoformat()}
    if not request.user.is_authenticated:
        request.session.set_expiry(SHOWN_FOR)


def _noted(
    session: SessionBase, name: str, now: datetime, kept_for: timedelta
) -> dict[str, Any] | None:
    noted: dict[str, Any] | None = session.get(name)
    if noted is not None and datetime.fromisoformat(noted["at"]) + kept_for <= now:
        del session[name]
        return None
    return noted
