"""The single window's addresses: whose objects they lead to."""

from __future__ import annotations

from typing import Any

from comptoir.enquiries.models import CrisisLine
from comptoir.people.models import Role
from tests.enquiries import crises, factories
from tests.repository.describing import Foreign

# --- Rules, promises, crisis lines: whoever keeps them reaches all, and there are no others ---

_NO_KEEPER: tuple[Role, ...] = ()


def _crisis() -> CrisisLine:
    keyword = f"FIRES{2026 + CrisisLine.objects.count()}"
    return crises.open_crisis(keyword=keyword, staff=[factories.person()])


def _line() -> dict[str, Any]:
    return {"code": _crisis().line.code}


def _loan() -> dict[str, Any]:
    found = _crisis()
    return {"code": found.line.code, "key": found.loans.get().pk}


def _kept_from_others() -> dict[str, Any]:
    found = factories.enquiry()
    found.is_restricted = True
    found.save()
    return {"reference": found.reference}


FOREIGN: dict[str, Foreign] = {
    **{
        f"enquiries:{name}": Foreign(lambda: {"number": 1}, _NO_KEEPER)
        for name in ("triage-version", "triage-approve")
    },
    **{f"enquiries:{name}": Foreign(_kept_from_others) for name in ("overrule", "unrelated")},
    **{
        f"enquiries:{name}": Foreign(_line, _NO_KEEPER)
        for name in ("crisis-line", "crisis-report", "extend-crisis", "close-crisis", "lend")
    },
    "enquiries:return-loan": Foreign(_loan, _NO_KEEPER),
}
