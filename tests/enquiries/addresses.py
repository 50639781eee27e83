"""The single window's addresses: whose objects they lead to."""

from __future__ import annotations

from typing import Any

from comptoir.enquiries.models import Enquiry, Tag
from comptoir.people.models import Role
from tests.enquiries import factories
from tests.people.factories import person_with
from tests.repository.describing import Foreign

# --- The agents' work: what is restricted is somebody else's, whatever the role ---


def _restricted() -> Enquiry:
    found = factories.enquiry()
    found.is_restricted = True
    found.save()
    return found


def _enquiry() -> dict[str, Any]:
    return {"reference": _restricted().reference}


def _text() -> dict[str, Any]:
    found = _restricted()
    return {"reference": found.reference, "key": found.messages.get().pk}


def _tagged() -> dict[str, Any]:
    found = _restricted()
    tag, _new = Tag.objects.get_or_create(code="fee", name_en="Fee", name_fr="Frais")
    found.tags.add(tag)
    return {"reference": found.reference, "code": tag.code}


def _no_agent() -> dict[str, Any]:
    return {"key": person_with(Role.PROFESSIONAL).pk}


FOREIGN: dict[str, Foreign] = {
    **{
        f"enquiries:{name}": Foreign(_enquiry)
        for name in (
            "enquiry",
            "take-one",
            "put-back",
            "transfer",
            "copy",
            "join",
            "part",
            "here",
            "left",
            "assign",
            "tag",
            "bundle",
        )
    },
    "enquiries:split": Foreign(_text),
    "enquiries:untag": Foreign(_tagged),
    "enquiries:agent": Foreign(_no_agent),
    "enquiries:release": Foreign(_no_agent),
}
