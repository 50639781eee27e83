"""Forms about offices: their life, their settings, where they are and how they are called."""

from __future__ import annotations

import re
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from comptoir.people.forms.people import language_field, time_zone_field
from comptoir.people.forms.telephones import TelephoneField
from comptoir.people.models import (
    Chamber,
    Office,
    OfficeAddress,
    OfficeEnd,
    OfficeStatus,
    OfficeTelephone,
)


class OfficeSearchForm(forms.Form):
    """Which offices a list shows."""

    q = forms.CharField(label=_("Name, place or reference"), required=False, max_length=100)
    chamber = forms.ChoiceField(
        label=_("Chamber"), required=False, choices=[("", _("Both chambers")), *Chamber.choices]
    )
    status = forms.ChoiceField(
        label=_("Status"), required=False, choices=[("", _("Any status")), *OfficeStatus.choices]
    )


class OfficeSettingsForm(forms.Form):
    """How an office is served."""

    language = language_field()
    time_zone = time_zone_field(_("Where the office works. Each address may have its own."))
    remind_day_before = forms.BooleanField(
        label=_("Remind the office 24 hours before each appointment"), required=False
    )
    remind_hour_before = forms.BooleanField(
        label=_("Remind the office one hour before each appointment"), required=False
    )

    @classmethod
    def of(cls, office: Office, data: Any = None) -> OfficeSettingsForm:
        """The form as the office is stored."""
        return cls(data, initial={name: getattr(office, name) for name in cls.base_fields})


class SuspensionForm(forms.Form):
    """Why an office stops for the time being."""

    reason = forms.ChoiceField(label=_("Reason"), choices=OfficeEnd.choices)


class ClosingForm(SuspensionForm):
    """Why and since when an office is no more."""

    until = forms.DateField(
        label=_("First day on which the legislator no longer sits"),
        widget=forms.DateInput(),
        error_messages={"required": _("Enter a date.")},
    )


class ReopeningForm(forms.Form):
    """Whether those who lost their access with the suspension get it back."""

    restore_access = forms.BooleanField(
        label=_("Give access back to the people who lost it with the suspension"), required=False
    )


class AddressForm(forms.ModelForm[OfficeAddress]):
    """A place at which an office receives people."""

    class Meta:
        model = OfficeAddress
        fields = ("label", "street", "city", "province", "postal_code", "time_zone")
        labels = {
            "label": _("What to call it"),
            "street": _("Street"),
            "city": _("City"),
            "province": _("Province or territory"),
            "postal_code": _("Postal code"),
        }

    time_zone = time_zone_field(_("It may differ from the office’s own."))

    def clean_postal_code(self) -> str:
        """Letters and digits in turn, written A1A 1A1."""
        code = re.sub(r"[\s-]", "", self.cleaned_data["postal_code"]).upper()
        if not re.fullmatch(r"[A-Z]\d[A-Z]\d[A-Z]\d", code):
            raise forms.ValidationError(_("A postal code looks like K1A 0A6."))
        return f"{code[:3]} {code[3:]}"


class TelephoneForm(forms.ModelForm[OfficeTelephone]):
    """A number at which a professional reaches the office."""

    number = TelephoneField()

    class Meta:
        model = OfficeTelephone
        fields = ("label", "number")
        labels = {"label": _("What to call it")}
