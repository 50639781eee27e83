"""Fields for what anybody may type, whatever it is: cleaned of what cannot be seen, never refused for it."""

from __future__ import annotations

import unicodedata
from typing import Any

from django import forms

JOINERS = "\N{ZERO WIDTH NON-JOINER}\N{ZERO WIDTH JOINER}"
"""Not seen, and yet part of how names are written in some scripts."""


TURNS = {*"\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069"}
"""Marks that turn what follows them around, so that a text reads otherwise than it was written."""


def is_unseen(letter: str) -> bool:
    """Controls, marks of direction and the like: in a name they hide or turn round what is read."""
    return unicodedata.category(letter) in ("Cc", "Cf", "Cs") and letter not in JOINERS


class OneLineField(forms.CharField):
    """A name or a number in one line, single blanks between its words."""

    def to_python(self, value: Any) -> Any:
        words = " ".join(str(value or "").split())
        return super().to_python("".join(letter for letter in words if not is_unseen(letter)))


class TextField(forms.CharField):
    """A text of several lines; a line break counts as one character, as the counter beside it does."""

    widget = forms.Textarea

    def to_python(self, value: Any) -> Any:
        text = str(value or "").replace("\r\n", "\n").replace("\r", "\n")
        kept = "".join(
            letter
            for letter in text
            if letter in "\n\t" or (unicodedata.category(letter) != "Cc" and letter not in TURNS)
        )
        seen = any(not (letter.isspace() or is_unseen(letter)) for letter in kept)
        return super().to_python(kept if seen else "")
