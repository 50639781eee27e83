"""The roster's addresses: whose objects they lead to."""

from __future__ import annotations

from datetime import date
from typing import Any

from comptoir.people.models import Role
from tests.repository.describing import Foreign
from tests.roster.factories import (
    AbsenceFactory,
    ClosedDayFactory,
    ExtraHoursFactory,
    ProfessionalFactory,
)

_NOBODY: tuple[Role, ...] = ()
"""A team lead looks after the whole roster: there is no other, only what does not exist."""


def _professional() -> dict[str, Any]:
    return {"code": ProfessionalFactory.create().code}


FOREIGN = {
    # A professional reaches their own page and no colleague's.
    "roster:professional": Foreign(_professional, (Role.PROFESSIONAL,)),
    **{
        f"roster:{name}": Foreign(_professional, _NOBODY)
        for name in ("change", "set-pattern", "add-exception", "remove-exception")
    },
    "roster:withdraw-absence": Foreign(lambda: {"pk": AbsenceFactory.create().pk}, _NOBODY),
    "roster:approve-extra-hours": Foreign(lambda: {"pk": ExtraHoursFactory.create().pk}, _NOBODY),
    "roster:withdraw-extra-hours": Foreign(lambda: {"pk": ExtraHoursFactory.create().pk}, _NOBODY),
    "roster:decline-extra-hours": Foreign(lambda: {"pk": ExtraHoursFactory.create().pk}, _NOBODY),
    "roster:reopen-day": Foreign(lambda: {"pk": ClosedDayFactory.create().pk}, _NOBODY),
}

SHARED: dict[str, dict[str, Any]] = {
    "liaison:board-day": {"on": date(2026, 11, 25)},
    "liaison:board-from": {"on": date(2026, 11, 25)},
}
