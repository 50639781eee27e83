"""Opening a crisis line, extending and closing it, lending staff to it, sending something on."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from comptoir.enquiries.actions import crisis, crisis_rest, lending
from comptoir.enquiries.actions.crisis import Wish
from comptoir.enquiries.models import CrisisTemplate, Rest
from comptoir.enquiries.queries.crisis import people_to_lend, texts_in_use
from comptoir.people.models import Person
from comptoir.ui import languages

REFUSED: dict[type[Exception], tuple[str | None, Any]] = {
    crisis.BadKeyword: (
        "keyword",
        _("Use capitals and digits, both of them and at least five signs, such as FIRES2026."),
    ),
    crisis.KeywordTaken: (
        "keyword",
        _("Another open crisis line has this keyword. Choose another."),
    ),
    crisis.MailboxTaken: ("mailbox", _("Another open line has this mailbox. Choose another.")),
    crisis.SunsetPassed: ("sunset_on", _("Choose today or a later day.")),
    crisis.NotLater: (
        "sunset_on",
        _("Choose a day after the present last day, today at the earliest."),
    ),
    crisis.ClosedAlready: (None, _("The line is closed. Open another one.")),
    crisis_rest.NobodyLeft: (
        "rest",
        _(
            "Once those on loan have gone, nobody answers on this line. Send what is open to the public line, or give the line to an agent first."
        ),
    ),
    crisis_rest.NoPublicLine: (
        "rest",
        _("No public line is open. Leave what is open on this line until it is answered."),
    ),
    lending.LentAlready: ("person", _("This person is on loan to the line already.")),
    lending.LineClosed: (None, _("The line is closed. Open another one.")),
}


def refuse(form: forms.Form, reason: Exception) -> None:
    """Say beside its field why it was not done."""
    name, sentence = REFUSED[type(reason)]
    form.add_error(name if name in form.fields else None, sentence)


class StaffField(forms.ModelMultipleChoiceField[Person]):
    """Agents, by name."""

    def label_from_instance(self, obj: Person) -> str:
        return obj.name


class OneOfStaffField(forms.ModelChoiceField[Person]):
    """One agent, by name."""

    def label_from_instance(self, obj: Person) -> str:
        return obj.name


class OpenForm(forms.Form):
    """All that a crisis line needs, most of it from a template."""

    is_drill = forms.BooleanField(
        label=_("This is a drill"),
        help_text=_(
            "Every page and mail says so, and nothing of it is counted anywhere. It opens at once; a real line is shown once more before it opens."
        ),
        required=False,
    )
    name_en = forms.CharField(label=_("Name in English"), max_length=90)
    name_fr = forms.CharField(label=_("Name in French"), max_length=90)
    keyword = forms.CharField(
        label=_("Keyword"),
        help_text=_(
            "Whoever writes it comes to this line. Capitals and digits, such as FIRES2026."
        ),
        max_length=30,
    )
    eligibility_en = forms.CharField(
        label=_("Whom it is for, in English"),
        max_length=500,
        widget=forms.Textarea(attrs={"rows": 2}),
    )
    eligibility_fr = forms.CharField(
        label=_("Whom it is for, in French"),
        max_length=500,
        widget=forms.Textarea(attrs={"rows": 2}),
    )
    telephone = forms.CharField(label=_("Telephone number"), max_length=30, required=False)
    mailbox = forms.EmailField(label=_("Mailbox"), required=False)
    first_hours = forms.IntegerField(
        label=_("First answer within (working hours)"), min_value=1, max_value=400
    )
    final_days = forms.IntegerField(
        label=_("Final answer within (business days)"), min_value=1, max_value=400
    )
    sunset_on = forms.DateField(
        label=_("Last day"),
        help_text=_("You are warned a week before. The line stays open until somebody closes it."),
    )
    staff = StaffField(
        label=_("Staff on loan"),
        queryset=Person.objects.none(),
        required=False,
        widget=forms.CheckboxSelectMultiple,
    )
    home_team = forms.CharField(
        label=_("Their home team"),
        max_length=100,
        required=False,
        help_text=_("Who is of another team is lent on the page of the line, once it is open."),
    )
    texts = forms.MultipleChoiceField(
        label=_("Texts for this line"), required=False, widget=forms.CheckboxSelectMultiple
    )

    def __init__(self, *arguments: Any, now: Any, **options: Any) -> None:
        super().__init__(*arguments, **options)
        self.fields["staff"].queryset = people_to_lend(now)  # type: ignore[attr-defined]  # a choice of rows
        self.titles = texts_in_use(now)
        # Boxes without anything to tick are no question.
        if self.titles:
            self.fields["texts"].choices = list(self.titles.items())  # type: ignore[attr-defined]  # a choice
        else:
            del self.fields["texts"]
        if not self.fields["staff"].queryset.exists():  # type: ignore[attr-defined]  # the same
            del self.fields["staff"], self.fields["home_team"]

    def clean_keyword(self) -> str:
        return str(self.cleaned_data["keyword"]).strip().upper()

    def clean(self) -> dict[str, Any]:
        values = super().clean() or {}
        if values.get("staff") and not values.get("home_team"):
            self.add_error("home_team", _("Say where those on loan come from."))
        return values

    def wish(self, template: CrisisTemplate | None) -> Wish:
        """The line that is wished for."""
        data = dict(self.cleaned_data)
        for name in ("staff", "home_team"):
            data.pop(name, None)
        return Wish(**data, template=template)

    def titles_of(self, codes: Sequence[str]) -> list[str]:
        """What these texts are called, in the language of the page."""
        return [self.titles[code] for code in codes if code in self.titles]

    def lent(self) -> list[Person]:
        """Who is lent to it."""
        return list(self.cleaned_data.get("staff", ()))


def from_template(template: CrisisTemplate, today: date) -> dict[str, Any]:
    """What the form begins with."""
    return {
        "name_en": template.name_en,
        "name_fr": template.name_fr,
        "eligibility_en": template.eligibility_en,
        "eligibility_fr": template.eligibility_fr,
        "first_hours": template.first_hours,
        "final_days": template.final_days,
        "sunset_on": today + timedelta(days=template.days_open),
        "texts": template.texts,
    }


class ExtendForm(forms.Form):
    """A later last day, and why."""

    sunset_on = forms.DateField(label=_("New last day"))
    reason = forms.CharField(
        label=_("Why"), max_length=300, error_messages={"required": _("Say why.")}
    )


class CloseForm(forms.Form):
    """What becomes of what is open, and why the line closes."""

    rest = forms.ChoiceField(
        label=_("What is still open"),
        choices=[
            (Rest.MOVED, _("Goes to the public line, with its due dates")),
            (Rest.STAYED, _("Stays on this line until it is answered; nothing new comes in")),
        ],
        widget=forms.RadioSelect,
        error_messages={"required": _("Choose what becomes of it.")},
    )
    reason = forms.CharField(
        label=_("Why"), max_length=300, error_messages={"required": _("Say why.")}
    )


class CloseDrillForm(forms.Form):
    """Why the drill ends; what is open ends with it."""

    reason = forms.CharField(
        label=_("Why"), max_length=300, error_messages={"required": _("Say why.")}
    )


class LendForm(forms.Form):
    """Who, from where, and until when."""

    person = OneOfStaffField(
        label=_("Agent"),
        queryset=Person.objects.none(),
        empty_label="",
        error_messages={"required": _("Choose an agent.")},
    )
    home_team = forms.CharField(label=_("Home team"), max_length=100)
    until = forms.DateField(label=_("Last day on loan"))

    def __init__(self, *arguments: Any, now: Any, **options: Any) -> None:
        super().__init__(*arguments, **options)
        self.fields["person"].queryset = people_to_lend(now)  # type: ignore[attr-defined]  # a choice of rows


class UnrelatedForm(forms.Form):
    """Why something has nothing to do with the crisis."""

    version = forms.IntegerField(min_value=0, widget=forms.HiddenInput)
    reason = forms.CharField(
        label=_("Why it has nothing to do with the crisis"),
        help_text=_("It stays with the enquiry as a note for colleagues."),
        max_length=300,
        error_messages={"required": _("Say why.")},
    )


def template_choices() -> list[tuple[str, str]]:
    """The templates by their codes, in the language of the page."""
    found = CrisisTemplate.objects.order_by("pk")
    return [(each.code, languages.in_this(each.name_en, each.name_fr)) for each in found]
