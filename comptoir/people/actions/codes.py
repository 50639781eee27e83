"""One-time codes by e-mail."""

from __future__ import annotations

from datetime import datetime, timedelta

from procrastinate.contrib.django import app

from comptoir.people import sealing

SEND_CODE = "people.send_code"
"""The name of the job that sends a code; the job itself is in `jobs`, upstairs."""


def send_code(*, kind: str, address: str, code: str, valid_for: timedelta, now: datetime) -> None:
    """Have the worker send a code to whoever has this address, if anybody does.

    The job is deferred in any case and looks the person up itself, so that asking for a code tells
    nothing about an address. Address and code are sealed: those who keep the service can read the
    queue, which keeps for days what failed, and its log of failures names what a job was given.
    """
    app.configure_task(SEND_CODE).defer(
        kind=kind,
        sealed_address=sealing.seal(address),
        sealed_code=sealing.seal(code),
        minutes=int(valid_for.total_seconds() // 60),
        useless_after=(now + valid_for).isoformat(),
    )
