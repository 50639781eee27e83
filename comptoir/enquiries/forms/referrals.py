"""Handing a matter on, reporting a breach, what becomes of a referral; opening what is restricted."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime, time
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from comptoir.enquiries.actions.referring import Intake
from comptoir.enquiries.models import ReferralKind, ReferralOutcome
from comptoir.people.models import Person
from comptoir.ui import clock
from comptoir.ui.forms import Choice

CHOOSE = ("", _("Choose one"))

HINTS = {
    ReferralKind.URGENT: _("Somebody has to act sooner than the due date of the enquiry."),
    ReferralKind.HIGH_PROFILE: _("The media or a minister may ask. The enquiry is restricted."),
    ReferralKind.SENSITIVE: _("Few people should know of it. The enquiry is restricted."),
    ReferralKind.THREAT: _("Call 911 first if somebody is in danger now. It is due at once."),
}


class PersonField(forms.ModelChoiceField[Person]):
    """One of these people, by name."""

    def __init__(self, people: Sequence[Person], **options: Any) -> None:
        chosen = Person.objects.filter(pk__in=[person.pk for person in people])
        super().__init__(chosen.order_by("sort_name", "pk"), empty_label=str(CHOOSE[1]), **options)

    def label_from_instance(self, person: Person) -> str:
        return person.name


class MatterForm(forms.Form):
    """To whom a matter goes."""

    unit = forms.CharField(
        label=_("Office or team"),
        max_length=150,
        help_text=_("For example: the security unit, the office in Montréal."),
    )

    def __init__(self, *args: Any, people: Sequence[Person], **options: Any) -> None:
        super().__init__(*args, **options)
        self.fields["owner"] = PersonField(
            people,
            label=_("Who answers for it"),
            help_text=_("They are told by e-mail, and say that they have it."),
        )


class HandOnForm(MatterForm):
    """A matter that is no breach."""

    kind = forms.ChoiceField(
        label=_("Why do you hand it on?"),
        widget=forms.RadioSelect,
        choices=[(kind.value, Choice(kind.label, hint)) for kind, hint in HINTS.items()],
    )
    reason = forms.CharField(
        label=_("What they need to know"), max_length=2000, widget=forms.Textarea
    )

    field_order = ("kind", "unit", "owner", "reason")


class BreachForm(MatterForm):
    """What the intake of a privacy breach asks. Times are on the clock of the centre."""

    discovered_on = forms.DateField(label=_("Found on"), widget=forms.DateInput())
    discovered_at = forms.TimeField(
        label=_("Found at"), widget=forms.TimeInput(format="%H:%M"), help_text=_("Such as 14:30.")
    )
    happened_on = forms.DateField(
        label=_("Happened on"),
        required=False,
        widget=forms.DateInput(),
        help_text=_("Leave it empty if nobody knows."),
    )
    happened_at = forms.TimeField(
        label=_("Happened at"), required=False, widget=forms.TimeInput(format="%H:%M")
    )
    place = forms.CharField(
        label=_("Where it happened"),
        max_length=200,
        help_text=_("For example: in a reply by e-mail, in the documents of an enquiry."),
    )
    information = forms.CharField(
        label=_("What kind of personal information"),
        max_length=300,
        help_text=_("The kind only, such as “name and date of birth”: nothing about a person."),
    )
    people_affected = forms.IntegerField(
        label=_("How many people are affected"), min_value=1, max_value=10_000_000
    )
    containment = forms.CharField(
        label=_("What was done to limit the harm"), max_length=2000, widget=forms.Textarea
    )
    reason = forms.CharField(label=_("What happened"), max_length=2000, widget=forms.Textarea)

    field_order = (
        "reason",
        "discovered_on",
        "discovered_at",
        "happened_on",
        "happened_at",
        "place",
        "information",
        "people_affected",
        "containment",
        "unit",
        "owner",
    )

    def __init__(self, *args: Any, now: datetime, **options: Any) -> None:
        super().__init__(*args, **options)
        self.now = now

    def clean(self) -> dict[str, Any]:
        values = super().clean() or {}
        found = _moment(values.get("discovered_on"), values.get("discovered_at"))
        on, at = values.get("happened_on"), values.get("happened_at")
        if (on is None) != (at is None) and not self.errors.keys() & {"happened_on", "happened_at"}:
            self.add_error("happened_at", _("Give both the day and the time, or neither."))
        happened = _moment(on, at)
        if found is not None and found > self.now:
            self.add_error("discovered_at", _("This lies ahead: check the day and the time."))
        if found is not None and happened is not None and happened > found:
            self.add_error("happened_at", _("It cannot be found before it happened."))
        return {**values, "found": found, "happened": happened}

    def intake(self) -> Intake:
        """What was typed; call it once the form is valid."""
        values = self.cleaned_data
        return Intake(
            happened_at=values["happened"],
            discovered_at=values["found"],
            place=values["place"],
            data=values["information"],
            people_affected=values["people_affected"],
            containment=values["containment"],
        )


def _moment(on: date | None, at: time | None) -> datetime | None:
    if on is None or at is None:
        return None
    return datetime.combine(on, at, tzinfo=clock.service_zone())


class FilterForm(forms.Form):
    """Which kinds of referral a reader wants to see."""

    kind = forms.ChoiceField(
        label=_("Kind"), required=False, choices=[("", _("Every kind")), *ReferralKind.choices]
    )


class CloseForm(forms.Form):
    """What became of a matter."""

    outcome = forms.ChoiceField(
        label=_("What became of it"),
        widget=forms.RadioSelect,
        choices=[
            (outcome.value, outcome.label)
            for outcome in (ReferralOutcome.DONE, ReferralOutcome.DECLINED)
        ],
    )
    result = forms.CharField(label=_("In a few words"), max_length=2000, widget=forms.Textarea)


class TakeBackForm(forms.Form):
    """Why a matter is taken back."""

    result = forms.CharField(label=_("Why do you take it back?"), max_length=2000)


class MaterialForm(forms.Form):
    """Whether a breach is material."""

    material = forms.TypedChoiceField(
        label=_("Is the breach material?"),
        widget=forms.RadioSelect,
        coerce=lambda value: value == "yes",
        choices=[
            (
                "yes",
                Choice(
                    _("Yes"),
                    _("It can do real, significant harm: it is reported within seven days."),
                ),
            ),
            ("no", Choice(_("No"), _("It is kept on record and is not reported."))),
        ],
    )


class ReasonForm(forms.Form):
    """Why somebody opens what is restricted."""

    reason = forms.CharField(
        label=_("Why do you open it?"),
        max_length=300,
        min_length=5,
        help_text=_("Your reason is kept on record. You can read for 30 minutes."),
    )


class NameForm(forms.Form):
    """Who else may open it."""

    def __init__(self, *args: Any, people: Sequence[Person], **options: Any) -> None:
        super().__init__(*args, **options)
        self.fields["person"] = PersonField(people, label=_("Who else may open it"))
