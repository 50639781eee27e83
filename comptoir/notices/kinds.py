"""The kinds of notice, and the words a notice may say.

A room above registers each of its kinds once, in `AppConfig.ready`:

    kinds.register(kinds.Kind("booked", "liaison/notices/booked", context=booked))

Two text templates make the message: `<template>.subject.txt` and `<template>.body.txt`. They are
given what `context` returns, `language` ("en" or "fr") with the words of both side by side, and the
reader's zone is active. `context` reads the subject's state at the moment of sending; it returns
None when the fact is no longer true, and then nothing is sent.

Who is told may be decided when the fact is: a message to an address somebody typed. Or it is decided
at the moment of sending, by the kind's `readers`: people come and go while a reminder waits.

Mail is not a place for cases. Only the words of `VOCABULARY` reach a template, each checked: none
can hold what a person typed, so nothing about a constituent can leave by mistake.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.conf import settings
from django.db.models import QuerySet
from django.utils.functional import Promise

from comptoir.notices import calendar
from comptoir.notices.models import Notice


class NotSayable(Exception):
    """A kind wanted to say something that may not leave by mail: a bug in the kind."""


class UnknownKind(Exception):
    """No room has registered a kind of this name."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Reader:
    """Somebody to tell, as far as this room knows people: where, in which language, on which clock."""

    address: str
    language: str
    time_zone: str


@dataclass(frozen=True, slots=True)
class Kind:
    """One kind of notice. Kinds without `context` are only for `actions.send_now`.

    `readers` says who is told as things stand at an instant, each in a message of their own; a kind
    without it tells the address its notices were queued for.
    `waits` is whether the kill switch holds it; codes for signing in do not wait, or nobody could
    sign in to lift the switch. `label` is what the ledger's readers call it. `withheld` are the keys of
    the subjects of which those readers are not to learn that they were told anything.
    """

    name: str
    template: str
    context: Callable[[Notice], Mapping[str, Any] | None] | None = None
    readers: Callable[[Notice, datetime], Sequence[Reader]] | None = None
    waits: bool = True
    label: str | Promise = ""
    withheld: Callable[[], QuerySet[Any]] | None = None


_kinds: dict[str, Kind] = {}


def register(kind: Kind) -> None:
    """Make a kind known; called once by a room's `AppConfig.ready`."""
    _kinds[kind.name] = kind


def named(name: str) -> Kind:
    """The kind of this name; raises UnknownKind."""
    try:
        return _kinds[name]
    except KeyError:
        raise UnknownKind(name) from None


def names() -> list[str]:
    """Every registered name, in order."""
    return sorted(_kinds)


def withheld() -> list[tuple[str, QuerySet[Any]]]:
    """The kinds of which some are withheld from the ledger's readers, with the keys of those subjects."""
    return [(kind.name, kind.withheld()) for kind in _kinds.values() if kind.withheld is not None]


def choices() -> list[tuple[str, str | Promise]]:
    """What a filter over the ledger offers: the kinds that are in it, by name, with their labels."""
    told = (known for known in _kinds.values() if known.context is not None)
    return [(known.name, known.label or known.name) for known in sorted(told, key=lambda k: k.name)]


def _instant(value: Any) -> bool:
    return isinstance(value, datetime) and value.tzinfo is not None


def _count(value: Any) -> bool:
    return isinstance(value, int) and not isinstance(value, bool) and 0 <= value < 100_000


def _flag(value: Any) -> bool:
    return isinstance(value, bool)


def _label(value: Any) -> bool:
    """A text of ours that is translated at sending, such as `Reason.ABSENCE.label`."""
    return isinstance(value, Promise)


def _matches(pattern: str) -> Callable[[Any], bool]:
    whole = re.compile(pattern)
    return lambda value: isinstance(value, str) and whole.fullmatch(value) is not None


_REFERENCE = _matches(r"[A-Za-z0-9-]{1,20}")
_CODE = _matches(r"[A-Za-z0-9-]{4,16}")
_PATH = _matches(r"/[A-Za-z0-9/_.~=&?%-]*")


def _references(value: Any) -> bool:
    return isinstance(value, list) and all(map(_REFERENCE, value))


def _link(value: Any) -> bool:
    """An address of this service, and no room in it for a name or an e-mail address."""
    home: str = settings.ADDRESS
    return isinstance(value, str) and value.startswith(home) and _PATH(value[len(home) :])


def _event(value: Any) -> bool:
    return value is None or isinstance(value, calendar.Event)


VOCABULARY: dict[str, Callable[[Any], bool]] = {
    "reference": _REFERENCE,
    "references": _references,
    "office_reference": _REFERENCE,
    "starts_at": _instant,
    "ends_at": _instant,
    "former_starts_at": _instant,
    "former_ends_at": _instant,
    "expires_at": _instant,
    "due_at": _instant,
    "first_due_at": _instant,
    "minutes": _count,
    "hours": _count,
    "days": _count,
    "by_centre": _flag,
    "unconfirmed": _flag,
    "is_drill": _flag,
    "waits": _flag,
    "reason_label": _label,
    "role_label": _label,
    "place_label": _label,
    "chamber_label": _label,
    "link": _link,
    "alternatives_link": _link,
    "code": _CODE,
    "calendar": _event,
    "answers_mail": _flag,
}
"""Every word a notice may say, and what it must look like."""


def checked(context: Mapping[str, Any]) -> dict[str, Any]:
    """The context, once every word in it is known and looks as it must; raises NotSayable.

    A word may be left out, or be None, when there is nothing to say.
    """
    for word, value in context.items():
        fits = VOCABULARY.get(word)
        if fits is None or not (value is None or fits(value)):
            raise NotSayable(word)
    return dict(context)
