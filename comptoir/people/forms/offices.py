"""Forms about offices: their life, their settings, where they are and how they are called."""

from __future__ import annotations

import re
from datetime import date, timedelta
from typing import Any

from django import forms
from django.core.validators import RegexValidator
from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

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

BUSY = _(
    "Somebody else is changing this office at this moment. Nothing was changed; please try again."
)

LONGEST_SINCE = timedelta(days=90)
"""So long ago at most is a proclamation that suspends offices today. Ours, against slips."""


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


class DissolutionForm(forms.Form):
    """By which proclamation Parliament is dissolved, and how many offices stop: typed by hand."""

    on = forms.DateField(
        label=_("Day of the proclamation"),
        widget=forms.DateInput(),
        help_text=_("It is kept in the audit trail as the reason."),
        error_messages={"required": _("Enter a date.")},
    )
    count = forms.IntegerField(
        label=_("Number of offices to suspend"),
        widget=forms.TextInput(attrs={"inputmode": "numeric", "autocomplete": "off"}),
        help_text=_(
            "Type it as it stands above, so that nothing of this size happens by one press."
        ),
        error_messages={"required": _("Type the number of offices.")},
    )

    def __init__(self, *args: Any, active: int, today: date, **options: Any) -> None:
        super().__init__(*args, **options)
        self.active, self.today = active, today

    def clean_on(self) -> date:
        """A day that has come, and not one of an earlier Parliament."""
        on: date = self.cleaned_data["on"]
        if not self.today - LONGEST_SINCE <= on <= self.today:
            raise forms.ValidationError(_("Choose today or one of the last 90 days."))
        return on

    def clean_count(self) -> int:
        """The number that is true now: it may have changed since the page was opened."""
        count: int = self.cleaned_data["count"]
        if count != self.active:
            text = ngettext(
                "That is not the number: %(n)s office is active now.",
                "That is not the number: %(n)s offices are active now.",
                self.active,
            )
            raise forms.ValidationError(text % {"n": self.active})
        return count


class Heir(models.TextChoices):
    """Who follows in the seat."""

    NEW = "new", _("A legislator who has no office here yet")
    EXISTING = "existing", _("A senator who has an office here already")


class TransferForm(forms.Form):
    """Who follows in a seat, and since when. Nothing is asked if `sitting` is open in it already."""

    heir = forms.ChoiceField(
        label=_("Who follows"), choices=Heir.choices, initial=Heir.NEW, widget=forms.RadioSelect
    )
    reference = forms.CharField(
        label=_("Reference of the office that follows"),
        required=False,
        max_length=20,
        help_text=_("Only if the office exists already."),
    )
    honorific = forms.CharField(
        label=_("Title of the new legislator"), required=False, max_length=40
    )
    legislator = forms.CharField(
        label=_("Name of the new legislator"),
        max_length=200,
        error_messages={"required": _("Enter a name.")},
    )
    source_id = forms.CharField(
        label=_("Number of the member in the list of the House of Commons"),
        required=False,
        max_length=20,
        validators=[RegexValidator(r"\A[0-9]+\Z", _("Use digits only."))],
        help_text=_(
            "“PersonId” in the open data. Without it, the next list recognizes the member by the name."
        ),
    )
    since = forms.DateField(
        label=_("First day of the new mandate"),
        widget=forms.DateInput(),
        error_messages={"required": _("Enter a date.")},
    )
    reason = forms.ChoiceField(
        label=_("Reason"), choices=OfficeEnd.choices, initial=OfficeEnd.BY_ELECTION
    )

    def __init__(self, *args: Any, office: Office, sitting: Office | None, **options: Any) -> None:
        super().__init__(*args, **options)
        self.office, self.sitting = office, sitting
        if sitting is not None:
            self.fields.clear()
            return
        is_senate = office.chamber == Chamber.SENATE
        self.fields["legislator"].required = not is_senate  # else only if the office is new
        for name in ("source_id", "honorific") if is_senate else ("heir", "reference"):
            del self.fields[name]
        if office.status == OfficeStatus.CLOSED:
            # It has ended, on its day and for its reason: only what follows is asked.
            del self.fields["reason"]

    def hide(self) -> None:
        """Carry what was said to the next page, which asks no more than whether it shall be done."""
        for field in self.fields.values():
            field.widget = field.hidden_widget()

    def clean(self) -> dict[str, Any]:
        values = super().clean() or {}
        values["successor"] = self.sitting
        if self.sitting is not None:
            return values
        if values.get("heir", Heir.NEW) == Heir.NEW:
            if not values.get("legislator") and "legislator" not in self.errors:
                self.add_error("legislator", _("Enter a name."))
            return values
        offices = Office.objects.active().filter(chamber=self.office.chamber)
        typed = values.get("reference", "").strip()
        values["successor"] = offices.filter(reference=typed).exclude(pk=self.office.pk).first()
        if values["successor"] is None:
            self.add_error(
                "reference", _("Enter the reference of another active office of the Senate.")
            )
        return values


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
