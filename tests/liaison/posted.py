"""What an office's form sends, and reading what a page says."""

from __future__ import annotations

from django.urls import reverse

WHEN = {"start": "2026-11-18T15:00Z", "minutes": "30", "language": "en"}
"""10:00 in Montréal on `DAY`."""

CASE = {
    "cases-0-uci": "1234-5678",
    "cases-0-application_number": "",
    "cases-0-line_of_business": "study",
    "cases-0-question": "When will it be decided?",
    "cases-0-legal_basis": "consent",
    "cases-0-consent_signer": "Fictional Person",
    "cases-0-consent_signed_on": "2026-11-02",
    "cases-0-consent_scope": "Study permit",
    "cases-0-consent_expires_on": "",
}
FORM = {
    **WHEN,
    **CASE,
    "mode": "telephone",
    "telephone": "613-555-0199",
    "video_link": "",
    "attempt": "6f1c1d4e-54f7-4a35-8a5a-0b5a3f1f2c11",
    "cases-TOTAL_FORMS": "1",
    "cases-INITIAL_FORMS": "0",
}


def said(text: str) -> str:
    """What a page says, its unbreakable spaces as plain ones."""
    return text.replace("\N{NO-BREAK SPACE}", " ").replace("&nbsp;", " ")


def url(name: str, *args: object) -> str:
    return reverse(f"liaison:{name}", args=args)
