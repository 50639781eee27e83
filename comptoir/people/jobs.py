"""The room's background work: sending one-time codes, tidying sessions."""

from __future__ import annotations

from datetime import datetime

from procrastinate import RetryStrategy
from procrastinate.contrib.django import app

from comptoir.notices import actions as notices
from comptoir.notices import gateway
from comptoir.people import sealing
from comptoir.people.actions import codes, sessions
from comptoir.people.models import Person
from comptoir.people.sessions import SessionStore
from comptoir.ui import clock


@app.task(
    name=codes.SEND_CODE,
    retry=RetryStrategy(
        max_attempts=5, wait=2, exponential_wait=3, retry_exceptions={gateway.TryLater}
    ),
)
def send_code(
    *, kind: str, sealed_address: str, sealed_code: str, minutes: int, useless_after: str
) -> None:
    """Send a code to the person with this address; to nobody if there is none."""
    now = clock.now()
    address = sealing.unseal(sealed_address)
    person = Person.objects.filter(email__iexact=address, is_active=True).first()
    if person is None or now >= datetime.fromisoformat(useless_after):
        return
    notices.send_now(
        kind=kind,
        address=person.email,
        language=person.language,
        time_zone=person.time_zone,
        context={"code": sealing.unseal(sealed_code), "minutes": minutes},
        now=now,
    )


@app.periodic(cron="23 4 * * *")
@app.task(name="people.clear_sessions", queueing_lock="people.clear_sessions")
def clear_sessions(timestamp: int) -> None:
    """Remove sessions that have ended by themselves, and what others have kept for too long."""
    SessionStore.clear_expired()
    sessions.drop_what_is_old(now=clock.now())
