"""What an office types to book: which times to look at, how to meet, and each case."""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import Any

from django import forms
from django.forms.renderers import get_default_renderer
from django.utils.translation import gettext_lazy as _

from comptoir.domain import disclosure
from comptoir.domain.rule import SharingRule
from comptoir.liaison.actions.bringing import Case
from comptoir.liaison.models import LegalBasis, Mode
from comptoir.people.forms.identifiers import IdentifiersForm
from comptoir.people.forms.telephones import TelephoneField
from comptoir.people.models import Chamber, Language, Office
from comptoir.roster.models import LineOfBusiness
from comptoir.ui.forms import Choice, RowsFormSet
from comptoir.ui.times import duration

CONSENT_FAULTS = {
    disclosure.Fault.SIGNED_LATER: (
        "consent_signed_on",
        _("The consent cannot be signed later than today."),
    ),
    disclosure.Fault.EXPIRES_BEFORE_SIGNED: (
        "consent_expires_on",
        _("The consent cannot end before it was signed."),
    ),
    disclosure.Fault.EXPIRED: (
        "consent_expires_on",
        _("The consent ends before the appointment. Ask the person for a new one."),
    ),
}


YEARS = range(2000, 2200)
"""Beyond them an instant has no neighbours to convert it to, and nothing was ever on offer."""


class InstantField(forms.CharField):
    """An instant in UTC as ISO 8601, as our own buttons send it."""

    def to_python(self, value: Any) -> Any:
        text = super().to_python(value)
        if not text:
            return None
        try:
            instant = datetime.fromisoformat(text)
        except ValueError as error:
            raise forms.ValidationError(_("Choose one of the times on the page.")) from error
        if instant.tzinfo is None or instant.year not in YEARS:
            raise forms.ValidationError(_("Choose one of the times on the page."))
        return instant.astimezone(UTC)


class TimesForm(forms.Form):
    """How long and in which language: what the list of times depends on."""

    minutes = forms.TypedChoiceField(label=_("Length"), coerce=int)
    language = forms.ChoiceField(label=_("Language of the appointment"), choices=Language.choices)
    says_required = False  # both are chosen already

    def __init__(self, data: Any, *, rule: SharingRule | None, office: Office) -> None:
        lengths = sorted(rule.lengths) if rule is not None else []
        usual = 30 if 30 in lengths else (lengths or [0])[0]
        given = {"minutes": usual, "language": office.language, **{k: data[k] for k in data}}
        super().__init__(given)
        field = self.fields["minutes"]
        assert isinstance(field, forms.TypedChoiceField)
        field.choices = [(minutes, duration(minutes)) for minutes in lengths]


class WishForm(TimesForm):
    """A time chosen among those offered."""

    start = InstantField(widget=forms.HiddenInput)


class MeetingForm(forms.Form):
    """How the professional reaches the office."""

    mode = forms.ChoiceField(
        label=_("How do you want to meet?"), choices=Mode.choices, widget=forms.RadioSelect
    )
    telephone = TelephoneField(
        required=False,
        help_text=_(
            "The professional calls this number. It is your office's; change it if you wish."
        ),
    )
    video_link = forms.URLField(
        label=_("Video link"),
        max_length=300,
        required=False,
        assume_scheme="https",
        help_text=_("Only for a video appointment: the address of your meeting."),
    )

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        if cleaned.get("mode") == Mode.VIDEO:
            self.errors.pop("telephone", None)  # it will not be used, so nobody need correct it
        needed = {"telephone": Mode.TELEPHONE, "video_link": Mode.VIDEO}
        for name, mode in needed.items():
            if cleaned.get("mode") == mode and not cleaned.get(name) and name not in self.errors:
                self.add_error(name, _("Give it, so that the professional can reach you."))
        return cleaned


class CaseForm(IdentifiersForm):
    """One constituent's matter and the legal basis on which it may be spoken about."""

    uci = forms.CharField(
        label=_("UCI"),
        required=False,
        max_length=20,
        help_text=_("8 or 10 digits, for example 1234-5678. On every letter to the person."),
    )
    application_number = forms.CharField(
        label=_("Application number"),
        required=False,
        max_length=20,
        help_text=_("One letter and nine digits, for example E123456789."),
    )
    line_of_business = forms.ChoiceField(
        label=_("What the case is about"), choices=[("", _("Choose one")), *LineOfBusiness.choices]
    )
    question = forms.CharField(
        label=_("Your question"),
        max_length=2000,
        widget=forms.Textarea(attrs={"rows": 4, "maxlength": 2000}),
        help_text=_("What you need to know or want done. The professional prepares with it."),
    )
    legal_basis = forms.ChoiceField(
        label=_("On which basis may we speak about this person?"), widget=forms.RadioSelect
    )
    consent_signer = forms.CharField(
        label=_("Who signed the consent"), required=False, max_length=200
    )
    consent_signed_on = forms.DateField(label=_("Signed on"), required=False)
    consent_scope = forms.CharField(
        label=_("What the consent covers"),
        required=False,
        max_length=300,
        help_text=_("For example: the study permit application of 2026."),
    )
    consent_expires_on = forms.DateField(
        label=_("Ends on"), required=False, help_text=_("Leave empty if the consent has no end.")
    )

    def __init__(
        self, *args: Any, office: Office, meeting_on: date, today: date, **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        self.meeting_on = meeting_on
        self.today = today
        bases = disclosure.bases_for(disclosure.Chamber(Chamber(office.chamber).value))
        choices = {
            LegalBasis.CONSENT: Choice(
                str(LegalBasis.CONSENT.label), str(_("Your office holds it and can show it."))
            ),
            LegalBasis.MEMBER: Choice(
                str(LegalBasis.MEMBER.label),
                str(_("To help the person with a problem; members only.")),
            ),
        }
        field = self.fields["legal_basis"]
        assert isinstance(field, forms.ChoiceField)
        field.choices = [(basis.value, choices[LegalBasis(basis.value)]) for basis in bases]

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        if cleaned.get("legal_basis") == LegalBasis.CONSENT:
            self._check_consent(cleaned)
        else:
            # What was typed for the other basis says nothing about this one.
            cleaned |= {
                "consent_signer": "",
                "consent_signed_on": None,
                "consent_scope": "",
                "consent_expires_on": None,
            }
        return cleaned

    def _check_consent(self, cleaned: dict[str, Any]) -> None:
        for name in ("consent_signer", "consent_signed_on", "consent_scope"):
            if not cleaned.get(name) and name not in self.errors:
                self.add_error(name, _("A written consent needs this."))
        if not cleaned.get("consent_signed_on") or "consent_expires_on" in self.errors:
            return
        faults = disclosure.consent_faults(
            signed_on=cleaned["consent_signed_on"],
            expires_on=cleaned.get("consent_expires_on"),
            meeting_on=self.meeting_on,
            today=self.today,
        )
        for fault in faults:
            name, sentence = CONSENT_FAULTS[fault]
            self.add_error(name, sentence)

    def case(self) -> Case:
        """The case as the action takes it."""
        return Case(**self.cleaned_data)


class CaseRows(RowsFormSet):
    """The cases of one appointment: at least one."""

    form = CaseForm
    extra = 0
    min_num = 1
    validate_min = False  # a row that is needed says itself what it lacks
    validate_max = True
    can_order = False
    can_delete = False
    can_delete_extra = False
    row_name = _("Case")
    add_label = _("Add another case")

    def __init__(self, *args: Any, most: int, **kwargs: Any) -> None:
        self.max_num = most
        # One more than allowed is read, so that it can be said that there are too many.
        self.absolute_max = most + 1
        self.renderer = get_default_renderer()
        super().__init__(*args, **kwargs)

    def cases(self) -> list[Case]:
        """The cases as the action takes them."""
        return [form.case() for form in self.forms if isinstance(form, CaseForm)]
