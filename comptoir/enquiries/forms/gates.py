"""What opens the gates of an enquiry, as an agent records it."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from comptoir.domain import identifiers
from comptoir.enquiries.actions import gating
from comptoir.enquiries.models import Capacity, Enquiry, Means, Piece, given
from comptoir.people.models import Chamber
from comptoir.ui import clock, times, values
from comptoir.ui.forms import Choice

OF_OFFICES = (Capacity.OFFICE_CONSENT, Capacity.MEMBER)
MOST_APPLICATIONS = 10
IN_FIVE_YEARS = 5 * 366
"""Days from today within which an authorization may begin and end (ours)."""


class PiecesForm(forms.Form):
    """What the asker gave that agrees with the applicant's record, and how, if not in the enquiry."""

    pieces = forms.MultipleChoiceField(
        label=_("What agrees with the record"),
        choices=Piece.choices,
        widget=forms.CheckboxSelectMultiple,
        help_text=_("The full name, the date of birth and one number of the case open this gate."),
        error_messages={"required": _("Choose what you compared and found the same.")},
    )
    means = forms.ChoiceField(
        label=_("How they gave what is not in the enquiry"),
        choices=[("", _("Nothing else was given")), *Means.choices],
        required=False,
        help_text=_("A piece that nobody gave proves nothing: it is on record how it was given."),
    )

    def __init__(self, *arguments: Any, enquiry: Enquiry, **options: Any) -> None:
        super().__init__(*arguments, **options)
        self.enquiry = enquiry
        field = self.fields["pieces"]
        assert isinstance(field, forms.MultipleChoiceField)
        gave = _given(enquiry)
        field.choices = [
            (piece.value, Choice(piece.label, gave.get(piece, not_given()))) for piece in Piece
        ]

    def clean_pieces(self) -> list[Piece]:
        return [Piece(piece) for piece in self.cleaned_data["pieces"]]

    def clean_means(self) -> Means | None:
        means = self.cleaned_data["means"]
        return Means(means) if means else None

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        otherwise = [one for one in cleaned.get("pieces", ()) if one not in given(self.enquiry)]
        # Of nobody in particular nothing is confirmed: that is said instead (gating.NoApplicant).
        is_missing = "means" in cleaned and cleaned["means"] is None and self.enquiry.applicant_key
        if otherwise and is_missing:
            names = ", ".join(str(one.label) for one in otherwise)
            self.add_error("means", needs_means() % {"pieces": names})
        return cleaned


def not_given() -> Any:
    """What stands beside a piece that the enquiry does not hold."""
    return _("Not given in the enquiry")


def needs_means() -> str:
    """What stands beside a missing way in which pieces were given."""
    return str(_("Say how they gave this, which is not in the enquiry: %(pieces)s."))


class AuthorizationForm(forms.Form):
    """In which capacity the asker may be told, of which applications, on what evidence, how long."""

    capacity = forms.ChoiceField(
        label=_("In which capacity"),
        widget=forms.RadioSelect,
        error_messages={"required": _("Say in which capacity they ask.")},
    )
    applications = forms.CharField(
        label=_("Application numbers it covers"),
        required=False,
        max_length=200,
        help_text=_("With commas between. Leave it empty if it covers all of the applicant’s."),
    )
    evidence = forms.CharField(
        label=_("What you have seen"),
        max_length=300,
        help_text=_("The form and its date, such as “IMM 5476, signed on 2 November 2026”."),
        error_messages={
            "required": _("Say what you have seen: without a form nothing is recorded.")
        },
    )
    first_on = forms.DateField(
        label=_("From"),
        widget=forms.DateInput,
        error_messages={"required": _("Give the first day.")},
    )
    last_on = forms.DateField(
        label=_("Last day"),
        required=False,
        widget=forms.DateInput,
        help_text=_("Leave it empty if the form names none."),
    )

    def __init__(self, *arguments: Any, enquiry: Enquiry, today: date, **options: Any) -> None:
        options.setdefault("initial", {"first_on": today})
        super().__init__(*arguments, **options)
        self.today = today
        field = self.fields["capacity"]
        assert isinstance(field, forms.ChoiceField)
        field.choices = [(one.value, one.label) for one in capacities(enquiry)]

    def clean_capacity(self) -> Capacity:
        return Capacity(self.cleaned_data["capacity"])

    def clean_applications(self) -> list[str]:
        written = [part for part in self.cleaned_data["applications"].split(",") if part.strip()]
        try:
            found = {identifiers.parse_application_number(part) for part in written}
        except identifiers.BadIdentifier as error:
            raise forms.ValidationError(
                _("An application number has a letter and nine digits, such as C000111222.")
            ) from error
        if len(found) > MOST_APPLICATIONS:
            raise forms.ValidationError(_("Give at most ten application numbers."))
        return sorted(found)

    def clean_first_on(self) -> date:
        return self._near(self.cleaned_data["first_on"])

    def clean_last_on(self) -> date | None:
        last_on: date | None = self.cleaned_data["last_on"]
        return None if last_on is None else self._near(last_on)

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        first_on, last_on = cleaned.get("first_on"), cleaned.get("last_on")
        if last_on is not None and first_on is not None and last_on < first_on:
            self.add_error("last_on", ends_before())
        capacity = cleaned.get("capacity")
        endless = "last_on" in cleaned and last_on is None
        if endless and capacity and gating.needs_an_end(capacity):
            self.add_error("last_on", needs_an_end())
        return cleaned

    def recorded(self) -> dict[str, Any]:
        """What is recorded: from the first moment of the first day to the end of the last."""
        typed = self.cleaned_data
        zone = clock.service_zone()
        last_on: date | None = typed["last_on"]
        ends_at: datetime | None = None
        if last_on is not None:
            ends_at = clock.midnight(last_on + timedelta(days=1), zone)
        return {
            "capacity": typed["capacity"],
            "applications": typed["applications"],
            "evidence": typed["evidence"],
            "starts_at": clock.midnight(typed["first_on"], zone),
            "ends_at": ends_at,
        }

    def _near(self, day: date) -> date:
        if day.year not in values.YEARS or abs((day - self.today).days) > IN_FIVE_YEARS:
            raise forms.ValidationError(_("Give a day within five years of today."))
        return day


class OverrideForm(forms.Form):
    """Why the gates should be opened all the same."""

    reason = forms.CharField(
        label=_("Why the gates should be opened"),
        max_length=1000,
        widget=forms.Textarea(attrs={"rows": 4}),
        help_text=_("The second person reads this, and it stays on record. Name nobody in it."),
        error_messages={"required": _("Say why: the second person decides by it.")},
    )


def capacities(enquiry: Enquiry) -> list[Capacity]:
    """In which capacities whoever asked can be told: an office needs consent or, for a member, asks as one."""
    if enquiry.office is None:
        return [one for one in Capacity if one not in OF_OFFICES]
    if enquiry.office.chamber == Chamber.COMMONS:
        return list(OF_OFFICES)
    return [Capacity.OFFICE_CONSENT]


def needs_an_end() -> Any:
    """What stands beside a missing end that is needed."""
    return _("For a guardian or a relay operator there is always a last day: give it.")


def ends_before() -> Any:
    """What stands beside an end before the start."""
    return _("The last day is before the first.")


def _given(enquiry: Enquiry) -> dict[Piece, str]:
    """What stands beside each piece that the enquiry holds."""
    born_on = enquiry.applicant_born_on
    shown = {
        Piece.FULL_NAME: enquiry.applicant_name,
        Piece.DATE_OF_BIRTH: "" if born_on is None else times.plain_date(born_on),
        Piece.UCI: identifiers.format_uci(enquiry.uci) if enquiry.uci else "",
        Piece.APPLICATION_NUMBER: enquiry.application_number,
    }
    said = _("The asker gave: %(value)s")
    return {piece: str(said) % {"value": shown[piece]} for piece in given(enquiry)}
