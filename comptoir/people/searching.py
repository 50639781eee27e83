"""What somebody looks for stays in the session: an address ends up in histories, logs and referrers.

A name, an e-mail or a client's number is not to lie there until somebody signs out, so that a search
ends by itself. What belongs to one office is noted under a name of its own.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from django.contrib.sessions.backends.base import SessionBase
from django.forms import BaseForm

from comptoir.people.permissions import SignedIn

PREFIX = "asked:"
LONGEST = 200
KEPT_FOR = timedelta(hours=1)
"""Since its results were looked at last."""


def note(request: SignedIn, name: str, form: BaseForm) -> None:
    """Keep what was asked for, or with the button `clear` forget it."""
    drop_old(request.session, request.now)
    asked = {} if "clear" in request.POST else request.POST
    words = {field: asked[field][:LONGEST] for field in form.fields if asked.get(field)}
    _set(request, name, words)


def noted(request: SignedIn, name: str) -> dict[str, str]:
    """What was asked for last, if that is not long ago."""
    drop_old(request.session, request.now)
    words: dict[str, str] = request.session.get(PREFIX + name, {}).get("words", {})
    _set(request, name, words)
    return words


def drop_old(session: SessionBase, now: datetime) -> bool:
    """Let go of every search that has ended; whether there was any."""
    kept = session.items()
    ended = [key for key, what in kept if key.startswith(PREFIX) and _has_ended(what, now)]
    for key in ended:
        del session[key]
    return bool(ended)


def _has_ended(search: dict[str, Any], now: datetime) -> bool:
    return datetime.fromisoformat(search["at"]) + KEPT_FOR <= now


def _set(request: SignedIn, name: str, words: dict[str, str]) -> None:
    if words:
        request.session[PREFIX + name] = {"words": words, "at": request.now.isoformat()}
    else:
        request.session.pop(PREFIX + name, None)
