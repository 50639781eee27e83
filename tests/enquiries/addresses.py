"""The single window's addresses: whose objects they lead to."""

from __future__ import annotations

from typing import Any

from comptoir.enquiries.actions import gating
from comptoir.enquiries.models import Capacity, CrisisLine, Enquiry, Tag, Undelivered
from comptoir.people.models import Role
from tests.enquiries import addresses_of_matters, crises, factories, mail_writing
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


# --- Rules, promises, crisis lines: whoever keeps them reaches all, and there are no others ---

_NO_KEEPER: tuple[Role, ...] = ()


def _crisis() -> CrisisLine:
    keyword = f"FIRES{2026 + CrisisLine.objects.count()}"
    return crises.open_crisis(keyword=keyword, staff=[factories.person()])


def _line() -> dict[str, Any]:
    return {"code": _crisis().line.code}


def _drill() -> dict[str, Any]:
    """A drill's line stands on no list: its pages are those of crisis lines."""
    return {"code": crises.open_crisis(keyword="DRILL2026", is_drill=True).line.code}


def _tag() -> dict[str, Any]:
    tag, _new = Tag.objects.get_or_create(code="fee", name_en="Fee", name_fr="Frais")
    return {"code": tag.code}


def _loan() -> dict[str, Any]:
    found = _crisis()
    return {"code": found.line.code, "key": found.loans.get().pk}


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
        "gate-applicant",
        "gate-confirm",
        "gate-authorize",
        "gate-override",
    )
}
FOREIGN |= {
    "enquiries:gate-withdraw": Foreign(_its_authorization),
    "enquiries:override-answer": Foreign(_its_override),
}

FOREIGN |= addresses_of_matters.FOREIGN

# Texts belong to nobody: whoever may follow these may reach every text.
SHARED: dict[str, dict[str, Any]] = {
    "enquiries:text": {"code": "no-such-text"},
    "enquiries:text-write": {"code": "no-such-text"},
    "enquiries:text-retire": {"code": "no-such-text"},
    "enquiries:text-version": {"code": "no-such-text", "number": 1},
    "enquiries:text-approve": {"code": "no-such-text", "number": 1},
}

FOREIGN |= {
    **{
        f"enquiries:{name}": Foreign(lambda: {"number": 1}, _NO_KEEPER)
        for name in ("triage-version", "triage-approve")
    },
    **{f"enquiries:{name}": Foreign(_enquiry) for name in ("overrule", "unrelated")},
    **{
        f"enquiries:{name}": Foreign(_line, _NO_KEEPER)
        for name in ("crisis-line", "crisis-report", "extend-crisis", "close-crisis", "lend")
    },
    "enquiries:line": Foreign(_drill),
    "enquiries:change-tag": Foreign(_tag, _NO_KEEPER),
    "enquiries:return-loan": Foreign(_loan, _NO_KEEPER),
}


def _decided_mail() -> dict[str, Any]:
    """A mail that became an enquiry is read there, not among what was set aside."""
    mail_writing.line()
    return {"key": mail_writing.came(mail_writing.mail()).pk}


FOREIGN |= {
    f"enquiries:{name}": Foreign(_decided_mail) for name in ("mail", "mail-take-in", "mail-refuse")
}


def _not_arrived() -> dict[str, Any]:
    """A mail about an enquiry that is seen only by those who are named for it."""
    found = _of_the_gates()
    text = found.messages.create(
        direction="out", channel="email", at=factories.NOW, body="x", language="en"
    )
    row = Undelivered.objects.create(outbound=mail_writing.outbound(text), at=factories.NOW)
    return {"reference": found.reference, "key": row.pk}


FOREIGN |= {"enquiries:not-arrived": Foreign(_not_arrived)}
