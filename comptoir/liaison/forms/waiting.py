"""What an office waits for: on which days and between which hours, how long, how to meet."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, time
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from comptoir.domain.grid import QUANTUM_MINUTES
from comptoir.domain.rule import SharingRule
from comptoir.liaison.actions.waiting import Waits
from comptoir.liaison.forms.booking import MeetingForm
from comptoir.liaison.models import Mode
from comptoir.people.models import Language, Office
from comptoir.ui.times import duration, long_date

NOTICES = (
    (0, _("None: I can come at once")),
    (60, _("An hour")),
    (240, _("Four hours")),
    (1440, _("A day")),
)


class WaitForm(MeetingForm):
    """The days are those that can be booked; hours are on the clock of the office."""

    first_on = forms.TypedChoiceField(label=_("From"), coerce=date.fromisoformat)
    last_on = forms.TypedChoiceField(label=_("Until"), coerce=date.fromisoformat)
    from_time = forms.TimeField(
        label=_("Not before"), initial=time(8), widget=forms.TimeInput(format="%H:%M")
    )
    until_time = forms.TimeField(
        label=_("Not after"),
        initial=time(18),
        help_text=_("The appointment ends by then. Both are on the clock of your office."),
        widget=forms.TimeInput(format="%H:%M"),
    )
    most_minutes = forms.TypedChoiceField(label=_("Length"), coerce=int)
    least_minutes = forms.TypedChoiceField(
        label=_("The least that is of use to you"),
        coerce=int,
        help_text=_("You are offered the longest that is free between the two."),
    )
    language = forms.ChoiceField(label=_("Language of the appointment"), choices=Language.choices)
    least_notice_minutes = forms.TypedChoiceField(
        label=_("How much notice do you need?"), coerce=int, choices=NOTICES, initial=0
    )
    auto_accept = forms.BooleanField(
        label=_("Book it for us as soon as it is free"),
        help_text=_("Otherwise you are asked, and the time is kept for you while you answer."),
        required=False,
    )

    def __init__(
        self, *args: Any, rule: SharingRule, dates: Sequence[date], office: Office, **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        lengths = [(minutes, duration(minutes)) for minutes in sorted(rule.lengths)]
        listed = [(on.isoformat(), long_date(on)) for on in dates]
        self._choose("first_on", listed, listed[0][0])
        self._choose("last_on", listed, listed[-1][0])
        usual = 30 if 30 in rule.lengths else lengths[0][0]
        self._choose("most_minutes", lengths, usual)
        self._choose("least_minutes", lengths, lengths[0][0])
        self.fields["language"].initial = office.language
        meeting = ["mode", "telephone", "video_link"]
        own = [name for name in self.fields if name not in (*meeting, "auto_accept")]
        self.order_fields([*own, *meeting, "auto_accept"])

    def _choose(self, name: str, choices: list[tuple[Any, Any]], usual: Any) -> None:
        field = self.fields[name]
        assert isinstance(field, forms.ChoiceField)
        field.choices = choices
        field.initial = usual

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean()
        later = (
            ("first_on", "last_on", _("It must not be before the first day."), False),
            ("from_time", "until_time", _("It must be later than the beginning."), True),
            ("least_minutes", "most_minutes", _("It must not be under the least."), False),
        )
        for low, high, fault, strictly in later:
            first, last = cleaned.get(low), cleaned.get(high)
            if first is None or last is None:
                continue
            if last < first or (strictly and last == first):
                self.add_error(high, fault)
        return cleaned

    def waits(self) -> Waits:
        """What the action takes; only the way of meeting that was chosen counts."""
        given = self.cleaned_data
        by_telephone = given["mode"] == Mode.TELEPHONE
        return Waits(
            first_on=given["first_on"],
            last_on=given["last_on"],
            from_time=given["from_time"],
            until_time=given["until_time"],
            least_quanta=given["least_minutes"] // QUANTUM_MINUTES,
            most_quanta=given["most_minutes"] // QUANTUM_MINUTES,
            language=given["language"],
            least_notice_minutes=given["least_notice_minutes"],
            auto_accept=given["auto_accept"],
            mode=given["mode"],
            telephone=given["telephone"] if by_telephone else "",
            video_link="" if by_telephone else given["video_link"],
        )
