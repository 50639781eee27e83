"""Sending an invitation from a form: the same from an office's page, its manager's and the directory."""

from __future__ import annotations

from django.contrib import messages
from django.utils.translation import gettext as _

from comptoir.people.actions import invitations
from comptoir.people.actions.last_days import LastDayOutOfRange
from comptoir.people.forms.people import OfficeInvitationForm
from comptoir.people.models import Language, Office, Role
from comptoir.people.permissions import SignedIn


def invited(request: SignedIn, form: OfficeInvitationForm, office: Office | None = None) -> bool:
    """Whether the invitation of a valid form was sent; else the form says why not."""
    values = form.cleaned_data
    try:
        invitations.invite(
            email=values["email"],
            name=values["name"],
            language=Language(values["language"]),
            role=Role(values["role"]),
            office=office,
            last_day=values["last_day"],
            time_zone=office.time_zone if office is not None else request.user.time_zone,
            by=request.user,
            now=request.now,
        )
    except invitations.AlreadyHasAccess:
        form.add_error("email", _("The person with this address has this role already."))
    except invitations.AlreadyInvited:
        form.add_error(
            "email",
            _("An invitation to this address is open already. Withdraw it to send another."),
        )
    except LastDayOutOfRange:
        form.add_error("last_day", out_of_range())
    except invitations.OfficeNotActive:
        form.add_error(None, _("This office is not active, so nobody can join it."))
    else:
        messages.success(request, _("The invitation is on its way."))
    return form.is_valid()


def out_of_range() -> str:
    """What is said of a last day that cannot be meant."""
    return _("Choose today or a later day, at most ten years ahead.")
