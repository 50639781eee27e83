"""What helps while an answer is written: texts to insert, and the answer as its reader will see it.

Every button of these works twice: with scripts it fetches a part of the page, without them it sends the
answer's form to the enquiry's page, which is shown again with all that was typed (`composing`).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.http import HttpResponse, QueryDict
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from comptoir.domain.gates import Open
from comptoir.enquiries.forms.texts import MOST_QUOTED, quoted_keys
from comptoir.enquiries.models import WORKS, Enquiry
from comptoir.enquiries.permissions import get_readable_for
from comptoir.enquiries.queries import gates, quoting
from comptoir.people.models import Language
from comptoir.people.permissions import SignedIn, allow
from comptoir.ui import values

BUTTONS = ("find", "insert", "take_out", "look", "resume")
"""The last is no button: the page has been loaded anew and sends what had been typed (draft.js)."""

LONGEST_WORDS = 100


@dataclass(frozen=True, slots=True)
class Composing:
    """The answer's form as it goes on, and what the parts of the page need beside it."""

    posted: QueryDict
    context: dict[str, Any]


def composing(request: SignedIn, found: Enquiry) -> Composing | None:
    """What a button of this module makes of the answer's form; None if none was pressed.

    Nothing is stored and nothing is judged: the page is shown again.
    """
    if not any(button in request.POST for button in BUTTONS):
        return None
    posted, refused = request.POST.copy(), ""
    if "resume" in posted:
        quoted = quoting.quoted(quoted_keys(posted), request.now)
        return Composing(posted, {"resumed": True, "quoted": quoted})
    if "insert" in posted:
        refused = _insert(request, found, posted)
    if "take_out" in posted:
        kept = [key for key in posted.getlist("texts") if key != posted["take_out"]]
        posted.setlist("texts", kept)
    context = _offers(request, found, posted) | {"texts_refused": refused}
    if "look" in posted:
        context |= _looked_at(posted)
    return Composing(posted, context)


@require_http_methods(["GET", "POST"])
@allow(*WORKS)
def enquiry_texts(request: SignedIn, reference: str) -> HttpResponse:
    """The part of the page with the texts that fit, or those that hold the words that were sent."""
    found = get_readable_for(request.standing, reference, request.now)
    context = {"enquiry": found, **_offers(request, found, request.POST)}
    return render(request, "enquiries/parts/texts.html", context)


@require_POST
@allow(*WORKS)
def enquiry_preview(request: SignedIn, reference: str) -> HttpResponse:
    """The part of the page with the answer as its reader will see it; nothing is stored."""
    found = get_readable_for(request.standing, reference, request.now)
    context = {"enquiry": found, **_looked_at(request.POST)}
    return render(request, "enquiries/parts/preview.html", context)


def _offers(request: SignedIn, found: Enquiry, posted: QueryDict) -> dict[str, Any]:
    language = _language(posted, found)
    words = posted.get("text_words", "")[:LONGEST_WORDS].replace("\0", "")
    is_open = isinstance(gates.verdict(found, request.now), Open)
    return {
        "offer": quoting.offer(found, words, language, is_open=is_open, now=request.now),
        "text_words": words,
        "text_language": language,
        "quoted": quoting.quoted(quoted_keys(posted), request.now),
    }


def _insert(request: SignedIn, found: Enquiry, posted: QueryDict) -> str:
    """Put a text at the end of the answer; else why not."""
    key, _dash, language = posted.get("insert", "").partition("-")
    number = values.number(key)
    if number is None or language not in Language.values:
        return _("This text is not in use any more: look for another one.")
    is_open = isinstance(gates.verdict(found, request.now), Open)
    text = quoting.offered(found, number, language, is_open=is_open, now=request.now)
    if text is None:
        return _("This text is not in use any more: look for another one.")
    if text.is_barred:
        return _("This text is about a case: it can be inserted once both gates are open.")
    if text.missing:
        return _("This text cannot be filled in. The enquiry does not say: %(what)s.") % {
            "what": text.missing
        }
    quoted = posted.getlist("texts")
    if str(number) not in quoted and len(quoted) >= MOST_QUOTED:
        return _("An answer quotes at most ten texts.")
    body = posted.get("body", "").rstrip()
    posted["body"] = f"{body}\n\n{text.body}" if body else text.body
    if str(number) not in quoted:
        posted.appendlist("texts", str(number))
    return ""


def _looked_at(posted: QueryDict) -> dict[str, Any]:
    body = posted.get("body", "").strip()
    language = posted.get("language", "")
    return {
        "looked_at": True,
        "looked_body": body,
        "looked_language": language if language in Language.values else "",
        "looked_specific": "is_case_specific" in posted,
        "looked_braces": "{" in body or "}" in body,
    }


def _language(posted: QueryDict, found: Enquiry) -> str:
    """In which the texts are shown: the one asked for, else that of the answer, else the client's."""
    for asked in (posted.get("find", ""), posted.get("language", "")):
        if asked in Language.values:
            return asked
    return found.language
