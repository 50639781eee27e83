"""The session store (`SESSION_ENGINE`): Django's own in the database, which also knows whose it is."""

from __future__ import annotations

from datetime import datetime
from typing import Any, cast

from django.contrib.auth import SESSION_KEY
from django.contrib.sessions.backends import db
from django.contrib.sessions.backends.base import UpdateError

from comptoir.people.models import Session
from comptoir.ui import clock, statements

_LIVE = f"""
SELECT {statements.columns(Session, "session")}
  FROM people_session session
 WHERE session.session_key = %s AND session.expire_date > %s
"""

_SAVE = """
UPDATE people_session
   SET session_data = %s, expire_date = %s, person_id = %s, browser = %s, signed_in_at = %s
 WHERE session_key = %s
"""

BROWSER_KEY = "browser"
SIGNED_IN_AT_KEY = "signed_in_at"


class SessionStore(db.SessionStore):
    """Writes the person, the browser and the moment of signing in beside the session's contents."""

    @classmethod
    def get_model_class(cls) -> type[Session]:
        return Session

    def _get_session_from_db(self) -> Session | None:
        """As Django does, in a query that is not composed for every request."""
        for row in statements.rows(_LIVE, [self.session_key, clock.now()]):
            return statements.instance(Session, row)
        self._session_key = None
        return None

    def save(self, must_create: bool = False) -> None:
        """As Django does; a session that is there already, as on most requests, in one statement."""
        if must_create or self.session_key is None:
            super().save(must_create)
            return
        row = self.create_model_instance(dict(self.items()))
        changed = [row.session_data, row.expire_date, row.person_id, row.browser]
        if not statements.changed(_SAVE, [*changed, row.signed_in_at, row.session_key]):
            raise UpdateError

    def create_model_instance(self, data: dict[str, Any]) -> Session:
        row = cast(Session, super().create_model_instance(data))
        person = data.get(SESSION_KEY)
        row.person_id = int(person) if person is not None else None
        row.browser = str(data.get(BROWSER_KEY, ""))[:200]
        signed_in_at = data.get(SIGNED_IN_AT_KEY)
        row.signed_in_at = datetime.fromisoformat(signed_in_at) if signed_in_at else None
        return row
