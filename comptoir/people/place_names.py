"""Names of places and people, made comparable: "Montréal–Est" and "MONTREAL - EST" are the same."""

from __future__ import annotations

import unicodedata


def matching_key(name: str) -> str:
    """The name in small letters without accents; every dash, apostrophe and sign is one space."""
    plain = unicodedata.normalize("NFKD", name).casefold()
    letters = "".join(c if c.isalnum() else " " for c in plain if not unicodedata.combining(c))
    return " ".join(letters.split())
