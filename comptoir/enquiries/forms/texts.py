"""Texts as they are written, looked for, and quoted in an answer."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from comptoir.domain import wording
from comptoir.enquiries.actions.texting import Wording
from comptoir.enquiries.models import Text, TextKind, TextVersion, Topic
from comptoir.enquiries.queries import library, quoting, texts
from comptoir.roster.models import LineOfBusiness
from comptoir.ui import values

LONGEST = 10_000
MOST_QUOTED = 10
"""Texts in one answer (ours)."""

VARIABLE_FAULTS = {
    wording.Fault.STRAY_BRACE: _(
        "A brace stands alone or holds something else than a name. Write a variable as {reference}; "
        "other braces cannot be used."
    ),
    wording.Fault.UNKNOWN: _("There is no variable %(names)s: use those that are listed."),
    wording.Fault.NOT_THE_SAME: _(
        "Both languages use the same variables. Only the other language has %(names)s: add them "
        "here or take them out there."
    ),
}


class SearchForm(forms.Form):
    """Words of a text in either language."""

    q = forms.CharField(
        label=_("Words of the text, in either language"),
        required=False,
        max_length=100,
        widget=forms.TextInput(attrs={"type": "search"}),
    )


class FilterForm(forms.Form):
    """Which texts a list shows; what is no choice is no filter."""

    kind = forms.ChoiceField(
        label=_("Kind"), required=False, choices=[("", _("Every kind")), *TextKind.choices]
    )
    topic = forms.ChoiceField(
        label=_("Topic"), required=False, choices=[("", _("Every topic")), *Topic.choices]
    )
    line_of_business = forms.ChoiceField(
        label=_("Line of business"),
        required=False,
        choices=[("", _("Every line of business")), *LineOfBusiness.choices],
    )
    state = forms.ChoiceField(
        label=_("State"),
        required=False,
        choices=[("", _("All but the retired")), *library.STANDINGS.items()],
    )

    def chosen(self) -> dict[str, str]:
        """What was chosen, without what is no choice."""
        self.is_valid()
        return {name: value for name, value in self.cleaned_data.items() if value}


def _line(label: Any, asked: Any) -> forms.CharField:
    return forms.CharField(label=label, max_length=150, error_messages={"required": asked})


def _body(label: Any, asked: Any) -> forms.CharField:
    return forms.CharField(
        label=label,
        max_length=LONGEST,
        widget=forms.Textarea(attrs={"rows": 12}),
        error_messages={"required": asked},
    )


class WordsForm(forms.Form):
    """The words of one version, in both languages, with the same variables."""

    title_en = _line(_("English title"), _("Write the English title."))
    body_en = _body(_("English text"), _("Write the English text."))
    title_fr = _line(_("French title"), _("Write the French title."))
    body_fr = _body(_("French text"), _("Write the French text."))

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        bodies = {name: cleaned.get(name, "") for name in ("body_en", "body_fr")}
        faults = {name: self._judge(name, body) for name, body in bodies.items()}
        if all(bodies.values()) and not any(faults.values()):
            named = {name: wording.variables(body) for name, body in bodies.items()}
            self._compare("body_en", named["body_fr"] - named["body_en"])
            self._compare("body_fr", named["body_en"] - named["body_fr"])
        return cleaned

    def words(self) -> Wording:
        """What was written."""
        names = ("title_en", "title_fr", "body_en", "body_fr")
        return Wording(**{name: self.cleaned_data[name] for name in names})

    def _judge(self, name: str, body: str) -> list[wording.Fault]:
        """Each body for itself, so that the sentence stands beside the one to be mended."""
        found = [
            fault
            for fault in wording.faults(body, body, texts.VARIABLES)
            if fault in VARIABLE_FAULTS
        ]
        for fault in found:
            unknown = wording.variables(body) - set(texts.VARIABLES)
            self.add_error(name, str(VARIABLE_FAULTS[fault]) % {"names": braced(unknown)})
        return found

    def _compare(self, name: str, lacking: frozenset[str]) -> None:
        if lacking:
            sentence = VARIABLE_FAULTS[wording.Fault.NOT_THE_SAME]
            self.add_error(name, str(sentence) % {"names": braced(lacking)})


class NewTextForm(WordsForm):
    """A text that begins: its short name and what it is for."""

    code = forms.SlugField(
        label=_("Short name"),
        max_length=40,
        help_text=_("Letters without accents, digits and hyphens, such as change-of-address."),
        error_messages={
            "required": _("Give it a short name."),
            "invalid": _("Use letters without accents, digits and hyphens only."),
        },
    )
    kind = forms.ChoiceField(
        label=_("Kind"),
        choices=TextKind.choices,
        widget=forms.RadioSelect,
        error_messages={"required": _("Say what the text is for.")},
    )
    topic = forms.ChoiceField(
        label=_("Topic"), required=False, choices=[("", _("Any topic")), *Topic.choices]
    )
    line_of_business = forms.ChoiceField(
        label=_("Line of business"),
        required=False,
        choices=[("", _("Any line of business")), *LineOfBusiness.choices],
    )
    is_case_specific = forms.BooleanField(
        label=_("It says something about a case"),
        required=False,
        help_text=_("Then it is sent only once both gates are open."),
    )
    field_order = ("code", "kind", "topic", "line_of_business", "is_case_specific")

    def clean_code(self) -> str:
        code = str(self.cleaned_data["code"]).lower()
        if Text.objects.filter(code=code).exists():
            raise forms.ValidationError(code_taken())
        return code

    def fits(self) -> dict[str, Any]:
        """What the text is for."""
        names = ("code", "kind", "topic", "line_of_business", "is_case_specific")
        return {name: self.cleaned_data[name] for name in names}


class QuotedTexts(forms.Field):
    """The versions that an answer was made from, by their keys; only those in use at `now`."""

    widget = forms.MultipleHiddenInput
    default_error_messages = {
        "not_in_use": _(
            "A text you inserted has been changed or retired meanwhile. Take it out of your answer, and "
            "look for it again."
        ),
        "too_many": _("An answer quotes at most ten texts."),
    }
    now: datetime

    def clean(self, value: Any) -> list[TextVersion]:
        keys = set(value or ())
        if len(keys) > MOST_QUOTED:
            raise forms.ValidationError(self.error_messages["too_many"])
        numbers = _numbers(keys)
        found = quoting.quoted(numbers, self.now)
        if len(found) != len(keys):
            raise forms.ValidationError(self.error_messages["not_in_use"])
        return found


class QuotingForm(forms.Form):
    """A form whose answer may quote texts: `cleaned_data["texts"]` are their versions."""

    texts = QuotedTexts(label=_("Texts"), required=False)

    def __init__(self, *arguments: Any, now: datetime, **options: Any) -> None:
        super().__init__(*arguments, **options)
        field = self.fields["texts"]
        assert isinstance(field, QuotedTexts)
        field.now = now


def quoted_keys(posted: Any) -> list[int]:
    """The keys of versions that a posted answer says it quotes."""
    return sorted(_numbers(posted.getlist("texts")))[:MOST_QUOTED]


def code_taken() -> str:
    """What stands beside a short name that another text has."""
    return str(_("Another text has this short name: choose another one."))


def braced(names: frozenset[str] | set[str]) -> str:
    """Variables as they are written in a text."""
    return ", ".join("{" + name + "}" for name in sorted(names))


def _numbers(keys: set[str] | Sequence[str]) -> set[int]:
    found = (values.number(str(key)) for key in keys)
    return {key for key in found if key is not None}
