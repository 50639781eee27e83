"""The idle lock: a session that nobody used for a while asks who is there, and loses nothing.

Locking never signs out. A flag lies in the live session; what was posted meanwhile is kept there and
shown again, filled in and not executed, once the person has unlocked. Unlocking does not sign in
either: that would change the token of every form that stands open in another tab.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.conf import settings
from django.contrib.sessions.backends.base import SessionBase
from django.http import HttpRequest, QueryDict
from django.utils.http import url_has_allowed_host_and_scheme

ACTIVE_KEY = "active_at"
LOCKED_KEY = "locked"
KEPT_KEY = "kept_posts"

NOTED_EVERY = timedelta(seconds=20)
"""A sign of life is written down at most this often: the lock comes that much early at worst."""

WARNING = timedelta(minutes=2)
KEPT_FOR = timedelta(hours=12)
MOST_KEPT = 5
"""Several tabs may be open; the oldest of what they sent gives way."""
LARGEST_KEPT = 500_000
"""Characters, of all that is kept together."""


@dataclass(frozen=True, slots=True)
class Kept:
    """What somebody sent while their session was locked, or after it had ended."""

    path: str
    came_from: str
    body: str

    def data(self) -> QueryDict:
        """As a form reads it."""
        return QueryDict(self.body)


def limit() -> timedelta:
    """How long a session stays open without a sign of life."""
    return timedelta(minutes=settings.IDLE_MINUTES)


def is_locked(session: SessionBase, now: datetime) -> bool:
    """Whether the session is locked; one that has been idle too long becomes so."""
    if session.get(LOCKED_KEY):
        return True
    if _active_at(session, now) + limit() <= now:
        session[LOCKED_KEY] = True
        return True
    return False


def left(session: SessionBase, now: datetime) -> timedelta:
    """How long until the session locks."""
    if is_locked(session, now):
        return timedelta(0)
    return _active_at(session, now) + limit() - now


def note_activity(session: SessionBase, now: datetime) -> None:
    """A sign of life. It never opens a locked session."""
    noted = session.get(ACTIVE_KEY)
    if noted is None or now - _active_at(session, now) >= NOTED_EVERY:
        session[ACTIVE_KEY] = now.isoformat()


def unlock(session: SessionBase, now: datetime) -> None:
    """The person has shown who they are."""
    drop_old(session, now)
    session.pop(LOCKED_KEY, None)
    session[ACTIVE_KEY] = now.isoformat()


def keep(request: HttpRequest, person_id: int, now: datetime) -> bool:
    """Keep what was posted; whether it could be (files cannot, nor can what is very long)."""
    data = request.POST.copy()
    data.pop("csrfmiddlewaretoken", None)
    body = data.urlencode()
    if len(body) > LARGEST_KEPT:
        return False
    newest = {
        "path": request.get_full_path(),
        "came_from": _own_path(request),
        "body": body,
        "person": person_id,
        "at": now.isoformat(),
    }
    drop_old(request.session, now)
    before = [kept for kept in _all_kept(request.session) if kept["path"] != newest["path"]]
    _set_kept(request.session, [*before, newest])
    return not request.FILES


def kept_for(request: HttpRequest, person_id: int, now: datetime) -> Kept | None:
    """What this person posted to this very address while locked or signed out, for a while."""
    drop_old(request.session, now)
    path = request.get_full_path()
    kept = next((kept for kept in _all_kept(request.session) if kept["path"] == path), None)
    if kept is None:
        return None
    if kept["person"] != person_id:
        forget(request)
        return None
    return Kept(path, kept["came_from"], kept["body"])


def drop_old(session: SessionBase, now: datetime) -> bool:
    """Let go of what was kept for as long as it may be, for any address; whether there was any."""
    kept = _all_kept(session)
    young = [each for each in kept if datetime.fromisoformat(each["at"]) + KEPT_FOR > now]
    if len(young) == len(kept):
        return False
    _set_kept(session, young)
    return True


def keep_only_of(session: SessionBase, person_id: int) -> None:
    """Somebody signs in: what others had sent is not carried along in their session."""
    _set_kept(session, [kept for kept in _all_kept(session) if kept["person"] == person_id])


def forget(request: HttpRequest) -> None:
    """What was kept for this address was sent again, or is no longer wanted."""
    path = request.get_full_path()
    _set_kept(request.session, [k for k in _all_kept(request.session) if k["path"] != path])


def _all_kept(session: SessionBase) -> list[dict[str, Any]]:
    """What is kept for any address, the oldest first."""
    found: list[dict[str, Any]] = session.get(KEPT_KEY, [])
    return found


def _set_kept(session: SessionBase, everything: list[dict[str, Any]]) -> None:
    kept = everything[-MOST_KEPT:]
    while sum(len(each["body"]) for each in kept) > LARGEST_KEPT:
        kept = kept[1:]
    if kept:
        session[KEPT_KEY] = kept
    else:
        session.pop(KEPT_KEY, None)


def _active_at(session: SessionBase, now: datetime) -> datetime:
    noted = session.get(ACTIVE_KEY)
    return datetime.fromisoformat(noted) if noted else now


def _own_path(request: HttpRequest) -> str:
    """The page of ours on which the form stood; an address of anybody else's is not kept."""
    referrer = request.headers.get("Referer", "")
    own = request.build_absolute_uri("/")
    path = "/" + referrer.removeprefix(own) if referrer.startswith(own) else ""
    # Two slashes at its beginning would name another host.
    return path if url_has_allowed_host_and_scheme(path, allowed_hosts=None) else ""
