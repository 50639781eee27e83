"""English and French: what is said in this one, the other one, and the same page in it."""

from __future__ import annotations

from dataclasses import dataclass

from django.http import HttpRequest
from django.utils.translation import get_language


@dataclass(frozen=True, slots=True)
class Language:
    """One official language, named in itself."""

    code: str
    name: str


ENGLISH = Language("en", "English")
FRENCH = Language("fr", "Français")


def other() -> Language:
    """The language the page is not in."""
    return ENGLISH if (get_language() or "en").startswith("fr") else FRENCH


def in_this(english: str, french: str) -> str:
    """Of one text in both languages, the one of the page."""
    return french if (get_language() or "en").startswith("fr") else english


def same_page_in_other(request: HttpRequest | None) -> str:
    """The address of this page in the other language, query kept.

    Addresses begin with the language and are otherwise the same, so this also holds for a page that
    does not exist. An address without a language leads to the front page.
    """
    code = other().code
    if request is None:
        return f"/{code}/"
    _, first, *rest = request.path.split("/")
    if first not in (ENGLISH.code, FRENCH.code):
        return f"/{code}/"
    query = request.META.get("QUERY_STRING", "")
    return "/".join(("", code, *rest)) + (f"?{query}" if query else "")
