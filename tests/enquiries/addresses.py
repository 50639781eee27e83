"""The single window's addresses: whose objects they lead to."""

from __future__ import annotations

from typing import Any

from comptoir.enquiries.actions import gating
from comptoir.enquiries.models import Capacity, Enquiry
from comptoir.people.models import Role
from tests.enquiries import factories
from tests.people.factories import person_with
from tests.repository.describing import Foreign

FOREIGN: dict[str, Foreign] = {}

# --- Texts are everybody's who answers; gates belong to an enquiry, which may be restricted ---


def _of_the_gates() -> Enquiry:
    """An enquiry about somebody that is seen only by those who are named for it."""
    found = factories.enquiry(application_number="C000111222")
    found.is_restricted = True
    found.save()
    return found


def _its_reference() -> dict[str, Any]:
    return {"reference": _of_the_gates().reference}


def _its_authorization() -> dict[str, Any]:
    found = _of_the_gates()
    made = gating.authorize(
        enquiry=found,
        capacity=Capacity.SELF,
        applications=(),
        evidence="a form",
        starts_at=factories.NOW,
        ends_at=None,
        by=person_with(Role.AGENT),
        now=factories.NOW,
    )
    return {"reference": found.reference, "key": made.pk}


def _its_override() -> dict[str, Any]:
    found, by = _of_the_gates(), person_with(Role.AGENT)
    asked = gating.ask_override(enquiry=found, reason="a reason", by=by, now=factories.NOW)
    return {"key": asked.pk}


FOREIGN |= {
    f"enquiries:{name}": Foreign(_its_reference)
    for name in (
        "enquiry-texts",
        "enquiry-preview",
        "gate-confirm",
        "gate-authorize",
        "gate-override",
    )
}
FOREIGN |= {
    "enquiries:gate-withdraw": Foreign(_its_authorization),
    "enquiries:override-answer": Foreign(_its_override),
}

# Texts belong to nobody: whoever may follow these may reach every text.
SHARED: dict[str, dict[str, Any]] = {
    "enquiries:text": {"code": "no-such-text"},
    "enquiries:text-write": {"code": "no-such-text"},
    "enquiries:text-retire": {"code": "no-such-text"},
    "enquiries:text-version": {"code": "no-such-text", "number": 1},
    "enquiries:text-approve": {"code": "no-such-text", "number": 1},
}
