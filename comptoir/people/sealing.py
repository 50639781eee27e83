"""Secrets and files that must lie in the database, unreadable in a copy of it.

The key is derived from the service's own; after a change of SECRET_KEY what was sealed before opens
as long as the old key stands in SECRET_KEY_FALLBACKS.
"""

from __future__ import annotations

import base64
import hashlib
import os

from cryptography.exceptions import InvalidTag
from cryptography.fernet import Fernet, InvalidToken, MultiFernet
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from django.conf import settings
from django.utils.encoding import force_bytes

PURPOSE = b"comptoir.sealing"
FILES = b"comptoir.files"
NONCE = 12
"""Bytes that are never the same twice under one key (NIST SP 800-38D)."""


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


def seal_file(content: bytes, *, of: str) -> bytes:
    """The bytes under lock (AES-256-GCM), as the file of `of` and of nothing else."""
    nonce = os.urandom(NONCE)
    return nonce + AESGCM(_keys(FILES)[0]).encrypt(nonce, content, of.encode())


def unseal_file(sealed: bytes, *, of: str) -> bytes:
    """The bytes again; raises Unreadable, also when they were sealed as another's or were changed."""
    nonce, locked = sealed[:NONCE], sealed[NONCE:]
    for key in _keys(FILES):
        try:
            return AESGCM(key).decrypt(nonce, locked, of.encode())
        except (InvalidTag, ValueError):
            continue
    raise Unreadable


def _lock() -> MultiFernet:
    return MultiFernet([Fernet(base64.urlsafe_b64encode(key)) for key in _keys(PURPOSE)])


def _keys(purpose: bytes) -> list[bytes]:
    """A key of 256 bits for this purpose from each of the service's own, the one in use first."""
    kept = [settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS]
    return [
        hashlib.blake2b(force_bytes(key), digest_size=32, person=purpose).digest() for key in kept
    ]
