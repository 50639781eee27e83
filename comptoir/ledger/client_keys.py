"""Telling one client from another without knowing either.

A key is a hash (BLAKE2b, keyed) of a telephone number or an e-mail address. The service's own key is behind
it, so a copy of the database cannot be searched for a number; a new SECRET_KEY makes all later keys
strangers to the earlier ones. It does what HMAC does in a third of the time, of which a million rows make
a second.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable

from django.conf import settings
from django.utils.encoding import force_bytes

PURPOSE = b"comptoir.ledger"
LENGTH = 16

FEWEST_DIGITS = 7
"""A number of fewer is an extension or a short code, which stands for nobody."""

NATIONAL_DIGITS = 10
"""So many digits are a North American number without its country code."""

DIGITS = {ord(character): None for character in " +-.()/\u00a0\u202f\u2011"}
SCHEMES = ("tel:", "sip:", "sips:")


def keyed() -> Callable[[str], bytes | None]:
    """What makes the keys of many addresses under the present SECRET_KEY."""
    secret = hashlib.blake2b(
        force_bytes(settings.SECRET_KEY), digest_size=32, person=PURPOSE
    ).digest()

    def key(address: str) -> bytes | None:
        plain = address_of(address)
        if not plain:
            return None
        return hashlib.blake2b(plain.encode(), key=secret, digest_size=LENGTH).digest()

    return key


def client_key(address: str) -> bytes | None:
    """The key of a telephone number or an e-mail address; None if it is neither."""
    return keyed()(address)


def address_of(written: str) -> str:
    """One spelling for each address; empty for what is none, such as a withheld number."""
    if len(written) == NATIONAL_DIGITS and written.isascii() and written.isdigit():
        return f"1{written}"  # as most of a million rows are written
    text = written.strip().casefold()
    for scheme in SCHEMES:
        if text.startswith(scheme):
            text = text[len(scheme) :].partition("@")[0]
    if "@" in text:
        return text
    digits = text.partition(";")[0].partition("x")[0].translate(DIGITS)
    if not (digits.isascii() and digits.isdigit()) or len(digits) < FEWEST_DIGITS:
        return ""
    return f"1{digits}" if len(digits) == NATIONAL_DIGITS else digits
