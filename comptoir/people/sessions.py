"""The session store (`SESSION_ENGINE`): Django's own in the database, which also knows whose it is."""

from __future__ import annotations

from datetime import datetime
from typing import Any, cast

from django.contrib.auth import SESSION_KEY
from django.contrib.sessions.backends import db

from comptoir.people.models import Session

BROWSER_KEY = "browser"
SIGNED_IN_AT_KEY = "signed_in_at"


class SessionStore(db.SessionStore):
    """Writes the person, the browser and the moment of signing in beside the session's contents."""

    @classmethod
    def get_model_class(cls) -> type[Session]:
        return Session

    def create_model_instance(self, data: dict[str, Any]) -> Session:
        row = cast(Session, super().create_model_instance(data))
        person = data.get(SESSION_KEY)
        row.person_id = int(person) if person is not None else None
        row.browser = str(data.get(BROWSER_KEY, ""))[:200]
        signed_in_at = data.get(SIGNED_IN_AT_KEY)
        row.signed_in_at = datetime.fromisoformat(signed_in_at) if signed_in_at else None
        return row
