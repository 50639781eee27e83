"""The letters whose whole text is kept in `golden/`, in both languages.

`python -m tests.notices.letters` writes the files anew; read the difference before you commit it.
"""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import UUID

from django.core.mail import EmailMultiAlternatives
from django.utils.functional import lazy
from django.utils.translation import get_language

FOLDER = Path(__file__).parent / "golden"

STARTS_AT = datetime(2026, 12, 15, 18, 0, tzinfo=UTC)
SENT_AT = datetime(2026, 12, 1, 15, 30, tzinfo=UTC)
UID = UUID("6f1c1f0e-5d0b-4c53-9a35-2d7c8f1f9b11")
HOME = "http://localhost:8000"
ZONES = {"en": "America/Vancouver", "fr": "America/St_Johns"}


def bilingual(english: str, french: str) -> Any:
    """A label as gettext gives it, without depending on the catalogue."""
    return lazy(lambda: french if (get_language() or "").startswith("fr") else english, str)()


def facts(language: str = "en", **changes: Any) -> dict[str, Any]:
    """What every appointment's notice says."""
    return {
        "reference": "K7QX-2M4D",
        "office_reference": "papineau",
        "starts_at": STARTS_AT,
        "ends_at": STARTS_AT + timedelta(minutes=45),
        "minutes": 45,
        "link": f"{HOME}/{language}/appointments/K7QX-2M4D/",
        **changes,
    }


MOVED = {
    "former_starts_at": STARTS_AT - timedelta(days=1),
    "former_ends_at": STARTS_AT - timedelta(days=1) + timedelta(minutes=30),
}
REASSIGNED = {
    "former_starts_at": STARTS_AT,
    "former_ends_at": STARTS_AT + timedelta(minutes=45),
}
BY_CENTRE = {
    "by_centre": True,
    "reason_label": bilingual("The professional is absent", "Le professionnel est absent"),
}

OFFICE_ENDED = {
    "by_centre": True,
    "reason_label": bilingual("The office is no longer active", "Le bureau n’est plus actif"),
    "link": None,
}

TIMES = "offices/papineau/times/"
APPOINTMENTS: dict[str, tuple[str, int | None, dict[str, Any]]] = {
    "booked": ("booked", 0, {}),
    "moved": ("moved", 1, {**MOVED, "by_centre": False, "alternatives_link": TIMES}),
    "moved-by-centre": ("moved", 2, {**MOVED, **BY_CENTRE, "alternatives_link": TIMES}),
    "reassigned": ("reassigned", 2, {**REASSIGNED, **BY_CENTRE, "alternatives_link": TIMES}),
    "cancelled": ("cancelled", 3, {"by_centre": False, "alternatives_link": TIMES}),
    "cancelled-by-centre": ("cancelled", 3, {**BY_CENTRE, "alternatives_link": TIMES}),
    "cancelled-office-ended": ("cancelled", 3, OFFICE_ENDED),
    "reminder": ("reminder", None, {}),
}
"""By name: the template, the sequence of its calendar file, and what it says besides the facts."""

OFFICE = {
    "office_reference": "papineau",
    "place_label": bilingual("Papineau", "Papineau"),
    "chamber_label": bilingual("House of Commons", "Chambre des communes"),
}
CODE = {"code": "K7QX-2M4D", "minutes": 10}
PEOPLE: dict[str, tuple[str, dict[str, Any]]] = {
    "invitation": (
        "invitation",
        {
            "link": "invitations/31.8f3kd0sZ_q-1/",
            "role_label": bilingual("Delegate", "Personne déléguée"),
            **OFFICE,
            "by_centre": False,
            "expires_at": STARTS_AT,
        },
    ),
    "invitation-by-the-centre": (
        "invitation",
        {
            "link": "invitations/31.8f3kd0sZ_q-1/",
            "role_label": bilingual("Office manager", "Gestionnaire du bureau"),
            **OFFICE,
            "by_centre": True,
            "expires_at": STARTS_AT,
        },
    ),
    "invitation-to-the-centre": (
        "invitation",
        {
            "link": "invitations/31.8f3kd0sZ_q-1/",
            "role_label": bilingual("Professional", "Professionnel"),
            "expires_at": STARTS_AT,
        },
    ),
    "sign-in-code": ("sign_in_code", CODE),
    "unlock-code": ("unlock_code", CODE),
}
"""By name: the template and what it says."""

LETTERS = [*APPOINTMENTS, *PEOPLE]


def said(name: str, language: str) -> tuple[str, dict[str, Any]]:
    """The template of a letter and everything it says."""
    if name in PEOPLE:
        template, says = PEOPLE[name]
        room, context = "people", dict(says)
    else:
        template, _sequence, says = APPOINTMENTS[name]
        room, context = "liaison", facts(language, **says, calendar=_event(name, language))
    for word in ("link", "alternatives_link"):
        path = context.get(word)
        if path and not path.startswith(HOME):
            context[word] = f"{HOME}/{language}/{path}"
    return f"{room}/notices/{template}", context


def letter(name: str, language: str) -> EmailMultiAlternatives:
    """One letter, made by the one renderer."""
    from comptoir.notices import kinds, rendering

    template, context = said(name, language)
    return rendering.rendered(
        kinds.Kind(name, template),
        context,
        address="reader@offices.example",
        language=language,
        time_zone=ZONES[language],
        message_id="<golden@comptoir.invalid>",
        now=SENT_AT,
    )


def _event(name: str, language: str) -> Any:
    from comptoir.notices import calendar

    template, sequence, _says = APPOINTMENTS[name]
    if sequence is None:
        return None
    known = facts(language)
    return calendar.Event(
        uid=UID,
        sequence=sequence,
        starts_at=known["starts_at"],
        ends_at=known["ends_at"],
        reference=known["reference"],
        link=known["link"],
        cancelled=template == "cancelled",
    )


def texts(name: str, language: str) -> dict[str, str]:
    """The files of one letter: its text, and its calendar file if it has one."""
    message = letter(name, language)
    files = {f"{name}.{language}.txt": f"Subject: {message.subject}\n\n{message.body}"}
    for _name, content, _type in message.attachments:
        files[f"{name}.{language}.ics"] = content.decode().replace("\r\n", "\n")
    return files


def main() -> None:
    import django

    django.setup()
    for name in LETTERS:
        for language in ZONES:
            for file, text in texts(name, language).items():
                (FOLDER / file).write_text(text, encoding="utf-8")


if __name__ == "__main__":
    main()
