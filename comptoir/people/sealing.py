"""Short secrets that must lie in the database for a while, unreadable in a copy of it.

The key is derived from the service's own; after a change of SECRET_KEY what was sealed before opens
as long as the old key stands in SECRET_KEY_FALLBACKS.
"""

from __future__ import annotations

import base64
import hashlib

from cryptography.fernet import Fernet, InvalidToken, MultiFernet
from django.conf import settings
from django.utils.encoding import force_bytes

PURPOSE = b"comptoir.sealing"


class Unreadable(Exception):
    """Sealed under a key that the service no longer has, or not by us."""


def seal(text: str) -> str:
    """The text under lock."""
    return _lock().encrypt(text.encode()).decode()


def unseal(sealed: str) -> str:
    """The text again; raises Unreadable."""
    try:
        return _lock().decrypt(sealed.encode()).decode()
    except InvalidToken as error:
        raise Unreadable from error


def _lock() -> MultiFernet:
    keys = [settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS]
    return MultiFernet([Fernet(_derived(key)) for key in keys])


def _derived(key: str | bytes) -> bytes:
    digest = hashlib.blake2b(force_bytes(key), digest_size=32, person=PURPOSE).digest()
    return base64.urlsafe_b64encode(digest)
