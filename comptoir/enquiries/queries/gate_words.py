"""Why the gates are closed, as a sentence with what to do next; and by what they were opened."""

from __future__ import annotations

from dataclasses import dataclass

from django.utils.functional import Promise as LazyText
from django.utils.translation import gettext_lazy as _

from comptoir.domain.gates import Authorization, Open, Reason
from comptoir.enquiries.models import Capacity


@dataclass(frozen=True, slots=True)
class Said:
    """A sentence and the next step."""

    sentence: LazyText
    next_step: LazyText


_COMPARE = _("Compare what the asker gave with the record, and confirm the pieces that agree.")
_ASK = _("Ask the client for it, then confirm it.")
_RECORD = _("Record an authorization once you have seen the form, or answer in general terms.")

REASONS: dict[Reason, Said] = {
    Reason.IDENTITY_NOT_CHECKED: Said(_("Nobody has checked who asks."), _COMPARE),
    Reason.IDENTITY_OF_ANOTHER: Said(
        _("What was confirmed belongs to another applicant’s record."), _COMPARE
    ),
    Reason.NAME_NOT_CONFIRMED: Said(_("The full name is not confirmed."), _ASK),
    Reason.BIRTH_NOT_CONFIRMED: Said(_("The date of birth is not confirmed."), _ASK),
    Reason.CASE_ITEM_NOT_CONFIRMED: Said(
        _("No number of the case is confirmed: UCI, application, receipt or document."), _ASK
    ),
    Reason.IDENTITY_TOO_OLD: Said(
        _("Something was confirmed too long ago to count."), _("Confirm it once more.")
    ),
    Reason.NOT_AUTHORIZED: Said(
        _("It is not on record that the asker may be told about anybody."), _RECORD
    ),
    Reason.OTHER_APPLICANT: Said(
        _("The asker may be told about another applicant, not about this one."), _RECORD
    ),
    Reason.NOT_YET: Said(
        _("The authorization has not begun."), _("Answer in general terms until it begins.")
    ),
    Reason.EXPIRED: Said(
        _("The authorization has ended."),
        _("Ask for a new form, then record a new authorization."),
    ),
    Reason.WITHDRAWN: Said(
        _("The authorization was withdrawn."), _("Answer in general terms, or ask the applicant.")
    ),
    Reason.OUT_OF_SCOPE: Said(
        _("The authorization does not cover this application."),
        _("Ask for a form that covers it, then record a new authorization."),
    ),
    Reason.SHORT_LIST_ONLY: Said(
        _("Somebody who applied together is told little about the other’s case."),
        _("Ask for a form of the applicant, then record an authorization as representative."),
    ),
    Reason.SPONSOR: Said(
        _("A sponsor is not told about the case of the person they sponsor."),
        _("Ask for a form of the applicant, then record an authorization as representative."),
    ),
}

NO_APPLICANT = Said(
    _("The enquiry does not say whose case it is about."),
    _(
        "Answer in general terms, or ask the client for the name with the date of birth, or a number."
    ),
)


BY_TWO = _("Two persons agreed to open them")
"""The basis where a second person agreed."""


def because(reasons: tuple[Reason, ...]) -> list[Said]:
    """Each reason in words, those of identity first."""
    return [REASONS[reason] for reason in reasons]


def basis(opened: Open) -> str | LazyText:
    """By what the gates stand open."""
    if isinstance(opened.basis, Authorization):
        return Capacity(opened.basis.kind).label
    return BY_TWO
