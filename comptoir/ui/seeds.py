"""Seeds of what is left to chance: drawn once, stored with what came of it, so that it can be replayed."""

from __future__ import annotations

import secrets

_BITS = 31
"""So that a seed fits into a whole number of any database and of any script."""


def new_seed() -> int:
    """A seed that nobody could have known."""
    return secrets.randbits(_BITS)
