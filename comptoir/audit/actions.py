"""The one way to add to the trail."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any, Protocol

from django.db.models import Model

from comptoir.audit.models import Event, Verb
from comptoir.ui import statements


class Actor(Protocol):
    """A person, seen from below the room that holds them."""

    pk: Any
    name: str


SERVICE = "Comptoir"
"""The name under which the service's own jobs act."""


def record(
    *,
    verb: Verb = Verb.DID,
    action: str,
    subject: Model | type[Model],
    by: Actor | None,
    now: datetime,
    office_id: int | None = None,
    detail: Mapping[str, Any] | None = None,
) -> None:
    """Write one event, inside the caller's transaction: it stands if and only if the fact does.

    `by=None` means the service itself. A `subject` that is a model stands for many of its rows at
    once, such as those of a disposal. `detail` holds ids, codes and numbers only, never a
    constituent's data: the trail is read by people who may not see the case.
    """
    event = Event(
        at=now,
        verb=verb,
        action=action,
        actor_id=by.pk if by is not None else None,
        actor_name=by.name if by is not None else SERVICE,
        object_type=subject._meta.label,
        object_id=str(subject.pk) if isinstance(subject, Model) else "",
        office_id=office_id,
        detail=dict(detail or {}),
    )
    statements.insert([event])
