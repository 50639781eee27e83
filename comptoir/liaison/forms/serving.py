"""What a professional types: notes before, one outcome per case, when it began and ended, what followed."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from comptoir.liaison.models import (
    BASELESS_OUTCOMES,
    FOLLOWED_OUTCOMES,
    Appointment,
    Outcome,
    Status,
)
from comptoir.liaison.queries import attendance
from comptoir.liaison.queries.attendance import MOST_MINUTES
from comptoir.liaison.queries.serving import CaseSheet, DueDates, Show
from comptoir.ui import times
from comptoir.ui.forms import Choice

ANSWER_NEEDED = (Outcome.ANSWERED, Outcome.MORE_NEEDED)
"""Outcomes that tell the office nothing unless something is written."""

ADVICE_FITS = (
    Outcome.ANSWERED,
    Outcome.ACTION_REQUESTED,
    Outcome.REFERRED,
    Outcome.MORE_NEEDED,
)
"""Outcomes of cases that were spoken about: only there can advice have been given."""

EXPLAINED = {
    Outcome.ANSWERED: gettext_lazy("The office has its answer."),
    Outcome.ACTION_REQUESTED: gettext_lazy("You do something and come back to the office."),
    Outcome.REFERRED: gettext_lazy("Another team deals with it; you follow it up."),
    Outcome.NOT_AUTHORIZED: gettext_lazy("There is no legal basis: nothing was said."),
    Outcome.MORE_NEEDED: gettext_lazy("The office must send something first."),
    Outcome.NOT_DISCUSSED: gettext_lazy("There was no time, or the office withdrew it."),
}

USUAL, URGENT, OTHER = "usual", "urgent", "other"


@dataclass(frozen=True, slots=True)
class Recorded:
    """The outcome of a case with all that belongs to it, as stored or as typed."""

    outcome: str
    answer: str
    advice: str
    task: str = ""
    due_on: date | None = None
    urgent: bool = False


@dataclass(frozen=True, slots=True)
class Group:
    """A field, the outcomes it fits, and the choice of due date it goes with, if only with one."""

    field: forms.BoundField
    outcomes: str
    due: str


class Prose(forms.CharField):
    """Text of several lines. A browser sends two characters for a line's end, a script one."""

    def to_python(self, value: Any) -> str:
        return str(super().to_python(value)).replace("\r\n", "\n")


class CaseForm(forms.Form):
    """One case: notes for oneself at any time, the outcome while the appointment is in progress.

    Which fields an outcome takes is said by `fits`, which a script reads to show only those. Without
    scripts every field is there, and what does not fit the outcome is an error, never thrown away.
    """

    preparation = Prose(
        label=gettext_lazy("Your notes"),
        required=False,
        max_length=2000,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=gettext_lazy("Only the centre’s staff see them."),
    )
    outcome = forms.ChoiceField(
        label=gettext_lazy("Outcome"), required=False, widget=forms.RadioSelect
    )
    answer = Prose(
        label=gettext_lazy("What the office reads"),
        required=False,
        max_length=4000,
        widget=forms.Textarea(attrs={"rows": 4}),
        help_text=gettext_lazy("It is shown to the office beside its question."),
    )
    advice = Prose(
        label=gettext_lazy("Advice given"),
        required=False,
        max_length=4000,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=gettext_lazy(
            "What you advised the office to do, as you said it. It reads it too."
        ),
    )
    task = forms.CharField(
        label=gettext_lazy("What is to be done, and by whom"),
        required=False,
        max_length=300,
        help_text=gettext_lazy("It goes on your list of follow-ups."),
    )
    due = forms.ChoiceField(label=gettext_lazy("Due"), required=False, widget=forms.RadioSelect)
    due_on = forms.DateField(label=gettext_lazy("Due date"), required=False)

    fits = {
        "answer": tuple(Outcome),
        "advice": ADVICE_FITS,
        "task": FOLLOWED_OUTCOMES,
        "due": FOLLOWED_OUTCOMES,
        "due_on": FOLLOWED_OUTCOMES,
    }

    def __init__(
        self,
        data: Mapping[str, Any] | None,
        *,
        sheet: CaseSheet,
        in_progress: bool,
        dates: DueDates | None,
        today: date,
    ) -> None:
        self.sheet, self.dates, self.today = sheet, dates, today
        self.stored = _stored(sheet)
        self.superseded = False
        super().__init__(data, prefix=f"case-{sheet.line.position}", initial=self._initial())
        if not in_progress:
            for name in ("outcome", *self.fits):
                del self.fields[name]
            return
        allowed = BASELESS_OUTCOMES if sheet.faults else tuple(Outcome)
        self._choices("outcome", [(o.value, Choice(o.label, EXPLAINED[o])) for o in allowed])
        self._choices("due", _due_choices(dates))

    @property
    def read(self) -> str:
        """The version of the case that whoever typed had before them."""
        if self.is_bound and not self.superseded:
            return str(self.data.get(self.add_prefix("read"), ""))
        return self.sheet.line.version

    def supersede(self, sheet: CaseSheet) -> None:
        """Keep what was typed beside what somebody else has saved since, which is now read as well."""
        self.sheet, self.superseded = sheet, True

    @property
    def groups(self) -> list[Group]:
        """The fields below the outcome, each with the outcomes that it fits."""
        return [
            Group(self[name], " ".join(outcomes), OTHER if name == "due_on" else "")
            for name, outcomes in self.fits.items()
        ]

    def typed_texts(self, *, only_lost: bool = False) -> list[str]:
        """Every text as it was typed, valid or not; or those whose field is no longer here."""
        names = ("preparation", "answer", "advice", "task")
        texts = (
            str(self.data.get(self.add_prefix(name), "")).strip()
            for name in names
            if not (only_lost and name in self.fields)
        )
        return [text for text in texts if text]

    @property
    def record(self) -> Recorded | None:
        """The outcome as typed, if it is one and not the one on record; only after `is_valid()`."""
        typed = self.cleaned_data
        outcome = typed.get("outcome", "")
        if not outcome:
            return None
        followed = outcome in FOLLOWED_OUTCOMES
        record = Recorded(
            outcome=outcome,
            answer=typed["answer"],
            advice=typed["advice"],
            task=typed["task"] if followed else "",
            due_on=typed["due_on"] if followed else None,
            urgent=followed and self._is_urgent(typed),
        )
        return record if record != self.stored else None

    def is_unsaved(self) -> bool:
        """Whether something is typed that is not on record, complete or not."""
        return not self.is_valid() or self.record is not None or self.notes is not None

    @property
    def notes(self) -> str | None:
        """The notes as typed, if they are not those on record; only after `is_valid()`."""
        typed = str(self.cleaned_data["preparation"])
        return typed if typed != self.sheet.line.preparation else None

    def clean(self) -> dict[str, Any]:
        """Each outcome with all it needs and nothing that it cannot hold."""
        typed: dict[str, Any] = self.cleaned_data
        if "outcome" not in self.fields or "outcome" in self.errors:
            return typed
        outcome = typed["outcome"]
        if not outcome:
            if typed.get("answer") or typed.get("advice") or typed.get("task"):
                self.add_error("outcome", _("Choose the outcome of this case."))
            return typed
        self._refuse_what_does_not_fit(Outcome(outcome), typed)
        if outcome in ANSWER_NEEDED and not typed.get("answer"):
            self.add_error("answer", _("Write what the office will read."))
        if outcome in FOLLOWED_OUTCOMES:
            self._clean_follow_up(typed)
        return typed

    def _refuse_what_does_not_fit(self, outcome: Outcome, typed: dict[str, Any]) -> None:
        for name in ("advice", "task"):
            if typed.get(name) and outcome not in self.fits[name]:
                self.add_error(
                    name,
                    _("“%(outcome)s” does not go with this: empty it, or choose another outcome.")
                    % {"outcome": outcome.label},
                )

    def _clean_follow_up(self, typed: dict[str, Any]) -> None:
        if not typed.get("task"):
            self.add_error("task", _("Write what is to be done."))
        chosen = typed.get("due") or OTHER
        if self.dates is not None and chosen != OTHER:
            typed["due_on"] = self.dates.urgent if chosen == URGENT else self.dates.usual
        elif "due_on" in self.errors:
            return
        elif typed.get("due_on") is None:
            self.add_error("due_on", _("Give the due date."))
        elif typed["due_on"] < self.today and typed["due_on"] != self.stored.due_on:
            self.add_error("due_on", _("The due date cannot be in the past."))

    def _is_urgent(self, typed: dict[str, Any]) -> bool:
        if typed["due"] == OTHER:
            return self.stored.urgent and typed["due_on"] == self.stored.due_on
        return bool(typed["due"] == URGENT)

    def _choices(self, name: str, choices: list[tuple[str, Any]]) -> None:
        field = self.fields[name]
        assert isinstance(field, forms.ChoiceField)
        field.choices = choices

    def _initial(self) -> dict[str, Any]:
        stored = self.stored
        usual = USUAL if self.dates is not None else OTHER
        return {
            "preparation": self.sheet.line.preparation,
            "outcome": stored.outcome,
            "answer": stored.answer,
            "advice": stored.advice,
            "task": stored.task,
            "due": OTHER if stored.due_on is not None else usual,
            "due_on": stored.due_on,
        }


class StartForm(forms.Form):
    """Whether the office was on time."""

    late = forms.IntegerField(
        label=gettext_lazy("Minutes the office was late"),
        required=False,
        min_value=0,
        max_value=MOST_MINUTES,
        help_text=gettext_lazy("Leave it empty if it was on time."),
        widget=forms.NumberInput(attrs={"size": 4, "inputmode": "numeric"}),
    )

    @property
    def minutes_late(self) -> int:
        """Nought when on time."""
        return self.cleaned_data["late"] or 0


class FinishForm(forms.Form):
    """How long it took, if the clock does not know: it must be said of what was left open."""

    used = forms.IntegerField(
        label=gettext_lazy("Minutes used"),
        required=False,
        min_value=1,
        max_value=MOST_MINUTES,
        help_text=gettext_lazy("Only if the time above is wrong."),
        widget=forms.NumberInput(attrs={"size": 4, "inputmode": "numeric"}),
        error_messages={"required": gettext_lazy("Write how many minutes it took.")},
    )

    def __init__(self, data: Mapping[str, Any] | None, *, of: Appointment, now: datetime) -> None:
        super().__init__(data)
        self.most = attendance.minutes_at_most(of, now)
        if of.status == Status.STARTED and not attendance.clock_knows(of, now):
            self.fields["used"].required = True
            self.fields["used"].help_text = _("The clock cannot know it: write what it took.")

    def clean_used(self) -> int | None:
        """Not more than has gone by since it began."""
        used: int | None = self.cleaned_data["used"]
        if used is not None and used > self.most:
            raise forms.ValidationError(
                ngettext(
                    "It began %(minutes)s minute ago: it cannot have taken longer.",
                    "It began %(minutes)s minutes ago: it cannot have taken longer.",
                    self.most,
                )
                % {"minutes": self.most}
            )
        return used


class ResultForm(forms.Form):
    """What came of a follow-up."""

    result = Prose(
        label=gettext_lazy("What came of it"),
        max_length=2000,
        widget=forms.Textarea(attrs={"rows": 4}),
        help_text=gettext_lazy("The office reads it beside its question."),
        error_messages={"required": gettext_lazy("Write what came of it.")},
    )


class FollowUpFilterForm(forms.Form):
    """Which follow-ups a list shows, and for a team lead whose."""

    show = forms.ChoiceField(required=False, choices=[(show.value, show.value) for show in Show])
    professional = forms.TypedChoiceField(required=False, coerce=int, empty_value=None)

    def __init__(self, data: Mapping[str, Any], *, professionals: Iterable[int]) -> None:
        super().__init__(data)
        field = self.fields["professional"]
        assert isinstance(field, forms.TypedChoiceField)
        field.choices = [("", ""), *((pk, str(pk)) for pk in professionals)]

    def chosen(self) -> tuple[Show, int | None]:
        """What to show, and whose; what makes no sense is left out."""
        self.is_valid()
        typed = self.cleaned_data
        return Show(typed.get("show") or Show.OPEN), typed.get("professional")


def _stored(sheet: CaseSheet) -> Recorded:
    line, follow_up = sheet.line, sheet.follow_up
    return Recorded(
        outcome=line.outcome,
        answer=line.answer,
        advice=line.advice,
        task=follow_up.task if follow_up is not None else "",
        due_on=follow_up.due_on if follow_up is not None else None,
        urgent=follow_up is not None and follow_up.urgent,
    )


def _due_choices(dates: DueDates | None) -> list[tuple[str, Any]]:
    """The dates that the target in force proposes, and one's own."""
    other = (OTHER, _("On another date"))
    if dates is None:
        return [other]
    usual = _("In %(count)s business days") % {"count": dates.business_days}
    urgent = _("Urgent: within %(count)s hours") % {"count": dates.urgent_hours}
    return [
        (USUAL, Choice(usual, times.long_date(dates.usual))),
        (URGENT, Choice(urgent, times.long_date(dates.urgent))),
        other,
    ]
