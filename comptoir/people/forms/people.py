"""Forms about people: invitations, one's own account, what an administrator changes."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from comptoir.people.models import OFFICE_ROLES, STAFF_ROLES, Language, Office, Person, Role
from comptoir.ui import zones
from comptoir.ui.forms import Choice


def language_field() -> forms.ChoiceField:
    """English or French."""
    return forms.ChoiceField(
        label=_("Language"), choices=Language.choices, widget=forms.RadioSelect
    )


def time_zone_field(help_text: Any = "") -> forms.ChoiceField:
    """Canada's zones by their cities, west to east."""
    return forms.ChoiceField(
        label=_("Time zone"),
        choices=lambda: zones.choices((get_language() or "en")[:2]),
        help_text=help_text,
    )


def name_field() -> forms.CharField:
    """A person's name."""
    return forms.CharField(
        label=_("Name"),
        max_length=200,
        error_messages={"required": _("Enter a name.")},
        widget=forms.TextInput(attrs={"autocomplete": "name"}),
    )


def last_day_field() -> forms.DateField:
    """Up to when access is given."""
    return forms.DateField(
        label=_("Last day of access"),
        required=False,
        widget=forms.DateInput(),
        help_text=_("Leave it empty for access without an end. It can be changed later."),
    )


class OfficeInvitationForm(forms.Form):
    """Whom an office's manager asks to join."""

    name = forms.CharField(
        label=_("Name"), max_length=200, error_messages={"required": _("Enter a name.")}
    )
    email = forms.EmailField(
        label=_("E-mail address"),
        help_text=_("The invitation goes there, and later the codes to sign in."),
        error_messages={"required": _("Enter an e-mail address.")},
    )
    role = forms.ChoiceField(
        label=_("Role"),
        widget=forms.RadioSelect,
        initial=Role.DELEGATE,
        choices=[
            (Role.DELEGATE, Choice(Role.DELEGATE.label, _("Books appointments for the office."))),
            (
                Role.OFFICE_MANAGER,
                Choice(Role.OFFICE_MANAGER.label, _("Also decides who has access.")),
            ),
        ],
    )
    language = forms.ChoiceField(
        label=_("Language of the invitation"), choices=Language.choices, widget=forms.RadioSelect
    )
    last_day = last_day_field()


class StaffInvitationForm(OfficeInvitationForm):
    """Whom an administrator asks to join the centre."""

    role = forms.ChoiceField(label=_("Role"), choices=[(role, role.label) for role in STAFF_ROLES])


class AcceptanceForm(forms.Form):
    """How somebody who joins wants to be named and addressed."""

    name = name_field()
    language = language_field()
    time_zone = time_zone_field(_("Times are shown in it."))


class DetailsForm(AcceptanceForm):
    """The same, of somebody who is here already."""

    @classmethod
    def of(cls, person: Person, data: Any = None) -> DetailsForm:
        """The form as the person is stored."""
        initial = {name: getattr(person, name) for name in ("name", "language", "time_zone")}
        return cls(data, initial=initial)


class NewAddressForm(forms.Form):
    """Another address for somebody to sign in with."""

    email = forms.EmailField(
        label=_("New e-mail address"),
        help_text=_("Sign-in codes go there from now on. The person is signed out everywhere."),
        error_messages={"required": _("Enter an e-mail address.")},
    )


class ReasonForm(forms.Form):
    """Why access ends; it is kept with the access."""

    reason = forms.CharField(
        label=_("Reason"),
        max_length=200,
        help_text=_("It is kept with the access, for example “left the office”. No names."),
        error_messages={"required": _("Enter a reason.")},
    )


class GrantForm(forms.Form):
    """A role for somebody, with an office for the roles that need one."""

    role = forms.ChoiceField(label=_("Role"), choices=Role.choices)
    office = forms.CharField(
        label=_("Office"),
        required=False,
        max_length=20,
        help_text=_("Its reference, for a delegate or an office manager."),
    )
    last_day = last_day_field()

    def clean(self) -> dict[str, Any]:
        values = super().clean() or {}
        role, reference = values.get("role"), values.get("office", "").strip()
        values["found"] = None
        if role in OFFICE_ROLES:
            values["found"] = Office.objects.filter(reference=reference).first()
            if values["found"] is None:
                self.add_error("office", _("Enter the reference of an office."))
        elif reference:
            self.add_error("office", _("This role is not held in an office: leave it empty."))
        return values


class LastDayForm(forms.Form):
    """Another last day for an access, or none."""

    last_day = last_day_field()


class SearchForm(forms.Form):
    """A few letters of a name, an address or a reference."""

    q = forms.CharField(
        label=_("Search"),
        required=False,
        max_length=100,
        widget=forms.TextInput(attrs={"type": "search"}),
    )
