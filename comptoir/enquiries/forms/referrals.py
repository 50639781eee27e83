"""Handing a matter on, reporting a breach, what becomes of a referral; opening what is restricted."""

from __future__ import annotations

from datetime import date, datetime, time
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from comptoir.enquiries.actions.referring import Intake
from comptoir.enquiries.models import Breach, ReferralKind, ReferralOutcome
from comptoir.enquiries.queries.referrals import Groups, state
from comptoir.people.models import Person, Role
from comptoir.ui import clock
from comptoir.ui.forms import Choice

CHOOSE = ("", _("Choose one"))

HINTS = {
    ReferralKind.URGENT: _("Somebody has to act sooner than the due date of the enquiry."),
    ReferralKind.HIGH_PROFILE: _("The media or a minister may ask. The enquiry is restricted."),
    ReferralKind.SENSITIVE: _("Few people should know of it. The enquiry is restricted."),
    ReferralKind.THREAT: _("Call 911 first if somebody is in danger now. It is due at once."),
}


ROLES = {
    Role.PRIVACY_OFFICER: _("Privacy officers"),
    Role.TEAM_LEAD: _("Team leads"),
    Role.PROFESSIONAL: _("Professionals"),
    Role.AGENT: _("Agents"),
}
"""What the people of a role are called together."""


class PersonField(forms.ModelChoiceField[Person]):
    """One of these people, by name under their role."""

    def __init__(self, groups: Groups, **options: Any) -> None:
        keys = [person.pk for _role, people in groups for person in people]
        super().__init__(Person.objects.filter(pk__in=keys), **options)
        self.choices = [
            CHOOSE,
            *(
                (ROLES[role], [(person.pk, person.name) for person in people])
                for role, people in groups
            ),
        ]


class MatterForm(forms.Form):
    """To whom a matter goes."""

    unit = forms.CharField(
        label=_("Office or team"),
        max_length=150,
        help_text=_("For example: the security unit, the office in Montréal."),
        error_messages={"required": _("Give the office or team to which it goes.")},
    )

    def __init__(self, *args: Any, people: Groups, **options: Any) -> None:
        super().__init__(*args, **options)
        self.fields["owner"] = PersonField(
            people,
            label=_("Who answers for it"),
            help_text=_("They are told by e-mail, and say that they have it."),
            error_messages={"required": _("Choose who answers for it.")},
        )
        self.order_fields(self.field_order)


class HandOnForm(MatterForm):
    """A matter that is no breach."""

    kind = forms.ChoiceField(
        label=_("Why do you hand it on?"),
        widget=forms.RadioSelect,
        choices=[(kind.value, Choice(kind.label, hint)) for kind, hint in HINTS.items()],
        error_messages={"required": _("Choose why you hand it on.")},
    )
    reason = forms.CharField(
        label=_("What they need to know"),
        max_length=2000,
        widget=forms.Textarea,
        error_messages={"required": _("Say what they need to know.")},
    )

    field_order = ("kind", "unit", "owner", "reason")


class KnownForm(forms.Form):
    """What is known of a breach. Nothing of it has to be known yet; times are on the clock of the centre."""

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
        required=False,
        help_text=_("For example: in a reply by e-mail, in the documents of an enquiry."),
    )
    information = forms.CharField(
        label=_("What kind of personal information"),
        max_length=300,
        required=False,
        help_text=_("The kind only, such as “name and date of birth”: nothing about a person."),
    )
    people_affected = forms.IntegerField(
        label=_("How many people are affected"),
        min_value=1,
        max_value=10_000_000,
        required=False,
    )
    containment = forms.CharField(
        label=_("What was done to limit the harm"),
        max_length=2000,
        required=False,
        widget=forms.Textarea,
    )

    def clean(self) -> dict[str, Any]:
        values = super().clean() or {}
        on, at = values.get("happened_on"), values.get("happened_at")
        if (on is None) != (at is None) and not self.errors.keys() & {"happened_on", "happened_at"}:
            self.add_error("happened_at", _("Give both the day and the time, or neither."))
        return {**values, "happened": _moment(on, at)}

    def check_order(self, happened: datetime | None, found: datetime | None) -> None:
        """It happened before it was found, as far as both are known."""
        if found is not None and happened is not None and happened > found:
            self.add_error("happened_at", _("It cannot be found before it happened."))

    def intake(self, found: datetime) -> Intake:
        """What was typed of a breach found at an instant; call it once the form is valid."""
        values = self.cleaned_data
        return Intake(
            happened_at=values["happened"],
            discovered_at=found,
            place=values["place"],
            data=values["information"],
            people_affected=values["people_affected"],
            containment=values["containment"],
        )


class CompleteForm(KnownForm):
    """What is known of a breach by now, and the state of it that the page showed.

    `found` is when it was found; None for somebody who may not read it now, and is told nothing of it.
    """

    seen = forms.CharField(max_length=64, required=False, widget=forms.HiddenInput)

    def __init__(self, *args: Any, found: datetime | None = None, **options: Any) -> None:
        super().__init__(*args, **options)
        self.found = found

    def clean(self) -> dict[str, Any]:
        values = super().clean()
        self.check_order(values["happened"], self.found)
        return values

    def shows(self, breach: Breach) -> None:
        """The page shows its facts anew, beside what was typed: what comes back was seen with them."""
        self.data = {**dict(self.data.items()), "seen": state(breach)}


class BreachForm(KnownForm, MatterForm):
    """What the intake of a privacy breach asks: what happened, when it was found, who answers for it, and
    what else is known at that moment.
    """

    discovered_on = forms.DateField(
        label=_("Found on"),
        widget=forms.DateInput(),
        error_messages={"required": _("Give the day on which it was found.")},
    )
    discovered_at = forms.TimeField(
        label=_("Found at"),
        widget=forms.TimeInput(format="%H:%M"),
        help_text=_("Such as 14:30."),
        error_messages={"required": _("Give the time at which it was found.")},
    )
    reason = forms.CharField(
        label=_("What happened"),
        max_length=2000,
        widget=forms.Textarea,
        error_messages={"required": _("Say what happened.")},
    )

    field_order = (
        "reason",
        "discovered_on",
        "discovered_at",
        "unit",
        "owner",
        "happened_on",
        "happened_at",
        "place",
        "information",
        "people_affected",
        "containment",
    )

    def __init__(self, *args: Any, now: datetime, **options: Any) -> None:
        super().__init__(*args, **options)
        self.now = now

    def clean(self) -> dict[str, Any]:
        values = super().clean()
        found = _moment(values.get("discovered_on"), values.get("discovered_at"))
        if found is not None and found > self.now:
            self.add_error("discovered_at", _("This lies ahead: check the day and the time."))
        self.check_order(values["happened"], found)
        return {**values, "found": found}


def at_first(now: datetime, people: Groups) -> dict[str, Any]:
    """What the report of a breach begins with: found now, and to the privacy officer if there is one only."""
    here = now.astimezone(clock.service_zone())
    begins: dict[str, Any] = {
        "discovered_on": here.date(),
        "discovered_at": here.time().replace(second=0, microsecond=0),
        "unit": _("Protection of privacy"),
    }
    officers = [person for role, each in people if role == Role.PRIVACY_OFFICER for person in each]
    return begins | ({"owner": officers[0].pk} if len(officers) == 1 else {})


def known_of(breach: Breach) -> dict[str, Any]:
    """What the form that completes a breach begins with."""
    happened = breach.happened_at and breach.happened_at.astimezone(clock.service_zone())
    return {
        "happened_on": happened and happened.date(),
        "happened_at": happened and happened.time(),
        "place": breach.place,
        "information": breach.data,
        "people_affected": breach.people_affected,
        "containment": breach.containment,
        "seen": state(breach),
    }


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

    why = forms.CharField(label=_("Why do you take it back?"), max_length=2000)


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

    def __init__(self, *args: Any, people: Groups, **options: Any) -> None:
        super().__init__(*args, **options)
        self.fields["person"] = PersonField(people, label=_("Who else may open it"))
