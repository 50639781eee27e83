"""One at a time: what concerns the same person, form or mail waits for what is being done about it."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable

from django.db import connection


def take(names: Iterable[str]) -> None:
    """Wait for whoever holds one of these names; ours until the transaction ends. Empty names are none.

    The names are taken in one order, so that two who want the same ones never wait for one another for ever.
    Who takes twice in one transaction sees to it that no other takes the same names the other way round.
    """
    for name in sorted({*names} - {""}):
        digest = hashlib.blake2b(f"enquiries:{name}".encode(), digest_size=8).digest()
        with connection.cursor() as cursor:
            key = int.from_bytes(digest, "big", signed=True)
            cursor.execute("SELECT pg_advisory_xact_lock(%s)", [key])
