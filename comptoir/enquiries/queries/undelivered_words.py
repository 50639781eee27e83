"""In words what a mail server says, and what can be done about it."""

from __future__ import annotations

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from comptoir.domain import delivery_codes
from comptoir.domain.delivery_codes import Trouble

TROUBLES: dict[Trouble, Promise] = {
    Trouble.UNKNOWN: _("There is no such mailbox."),
    Trouble.FULL: _("The mailbox is full, or the mail is too large for it."),
    Trouble.REFUSED: _("The mailbox or its server refuses mail from us."),
    Trouble.UNREACHABLE: _("The mail server could not be reached."),
    Trouble.OTHER: _("The mail server did not say why."),
}


def trouble(code: str) -> Promise:
    """Why it does not arrive."""
    return TROUBLES[delivery_codes.understood(code).trouble]


def outlook(code: str) -> Promise:
    """Whether it may pass."""
    if not delivery_codes.code_in(code):
        return _("Whether the same address would take it later is not known.")
    if delivery_codes.understood(code).is_permanent:
        return _("That is final: the same address will not take it later.")
    return _("That may pass, but sending was given up.")
