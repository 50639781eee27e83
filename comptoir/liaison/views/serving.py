"""One appointment as its professional works through it: notes, start, outcomes, finish, no-show.

The page is one form with several buttons, so that no button loses what was typed beside another.
The button of a case saves that case, and what is typed in the others comes back as it was typed: an
outcome is on record once it is saved, and half a sentence is none. The other buttons save everything
first. The office reads the outcomes once the appointment is finished.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods

from comptoir.liaison.actions import locking, seeing, taking_back
from comptoir.liaison.actions import serving as actions
from comptoir.liaison.forms.serving import CaseForm, FinishForm, StartForm
from comptoir.liaison.models import Appointment, Happening, Outcome, Status
from comptoir.liaison.permissions import get_served_appointment_for
from comptoir.liaison.queries import attendance, charged, days, serving
from comptoir.people.models import Person, Role
from comptoir.people.permissions import SignedIn, allow
from comptoir.ui import clock, times, values
from comptoir.ui.forms import all_errors, without_errors


@require_http_methods(["GET", "POST"])
@allow(Role.PROFESSIONAL, Role.TEAM_LEAD)
def appointment(request: SignedIn, reference: str) -> HttpResponse:
    """The appointment with its cases; that they were looked at is on record, once per page."""
    served = get_served_appointment_for(request.standing, reference)
    page = _load(request, served)
    if request.method == "POST":
        _carry_out(request, page)
        if page.news and not request.htmx:
            messages.success(request, page.news)
        if page.is_settled and not request.htmx:
            return HttpResponseRedirect(page.address)
        page = _as_it_stands(request, page)
    if not request.htmx:
        seeing.note_appointment_seen(
            appointment=page.appointment,
            cases=[form.sheet.line for form in page.cases],
            by=request.user,
            now=request.now,
        )
    context = page.context(request)
    return render(request, "liaison/professional_appointment.html", context, status=page.status)


@dataclass
class _Page:
    """The page as posted (or not yet), and what came of it."""

    appointment: Appointment
    cases: list[CaseForm]
    start: StartForm
    finish: FinishForm
    pressed: int | None = None
    problems: list[str] = field(default_factory=list)
    news: str = ""
    saved: set[int] = field(default_factory=set)
    superseded: set[int] = field(default_factory=set)
    unsaved: list[CaseForm] = field(default_factory=list)
    not_saved: list[tuple[int, list[str]]] = field(default_factory=list)

    @property
    def is_settled(self) -> bool:
        """Whether all that was typed is on record and the button did what it says."""
        return not self.problems and not self.unsaved and not self._wrong

    @property
    def status(self) -> int:
        """422 when the button did not do what it says. What is merely unfinished is no error."""
        return 422 if self.problems or self._wrong else 200

    @property
    def address(self) -> str:
        """The page again, at the case that was saved."""
        place = f"#case-{self.pressed}" if self.pressed else ""
        return reverse("liaison:served", args=[self.appointment.reference]) + place

    @property
    def _wrong(self) -> bool:
        forms_: list[forms.Form] = [*self.cases, self.start, self.finish]
        return any(form.errors for form in forms_)

    def context(self, request: SignedIn) -> dict[str, Any]:
        """What the template shows."""
        appointment, now = self.appointment, request.now
        errors = [("", problem) for problem in self.problems]
        errors += all_errors([self.start, *self.cases, self.finish])
        return {
            "appointment": appointment,
            "office": appointment.office,
            "telephones": list(appointment.office.telephones.order_by("pk")),
            "cases": self.cases,
            "case_lines": [form.sheet.line for form in self.cases],
            "start": self.start,
            "finish": self.finish,
            "errors": errors,
            "form": {"errors": errors},  # the frame says "Error:" in the page's title
            "problems": self.problems,
            "charged": charged.of(appointment) if Role.TEAM_LEAD in request.standing.roles else [],
            "not_saved": self.not_saved,
            "pressed": self.pressed,
            "saved": self.saved,
            "missing": [f.sheet.line.position for f in self.cases if not f.sheet.line.outcome],
            "in_progress": appointment.status == Status.STARTED,
            "begun": appointment.status != Status.BOOKED,
            "unrecorded": serving.is_unrecorded(appointment, now),
            **self._attendance(now),
            "clock_knows": attendance.clock_knows(appointment, now),
            "minutes_so_far": serving.minutes_so_far(appointment, now),
            "centre_may_cancel": Role.TEAM_LEAD in request.standing.roles
            and appointment.status == Status.BOOKED,
            "own": appointment.professional.person_id == request.user.pk,
            "following": serving.following_appointment(appointment),
        }

    def _attendance(self, now: datetime) -> dict[str, Any]:
        """What can be said of its beginning by now; whether today's record can be taken back."""
        appointment = self.appointment
        if appointment.status == Status.BOOKED:
            rules = days.load_rules()
            return {
                "today": clock.service_date(now),
                "begins_from": attendance.begins_from(appointment, rules),
                "no_show_from": attendance.no_show_from(appointment, rules),
                "beside": attendance.going_on_beside(appointment),
            }
        taken_back = {Status.STARTED: Happening.STARTED, Status.NO_SHOW: Happening.NO_SHOW}
        kind = taken_back.get(Status(appointment.status))
        if kind is None or any(form.sheet.line.outcome for form in self.cases):
            return {}
        recorded = attendance.recorded_today(appointment, kind, now)
        return {"may_take_back": recorded is not None}


def _load(request: SignedIn, served: Appointment, *, typed: bool = True) -> _Page:
    """The forms, bound to what was posted, or to what was kept when the session was locked."""
    data = (request.POST or None) if typed else None
    in_progress = served.status == Status.STARTED
    dates = serving.due_dates(request.now) if in_progress else None
    today = clock.service_date(request.now)
    cases = [
        CaseForm(data, sheet=sheet, in_progress=in_progress, dates=dates, today=today)
        for sheet in serving.case_sheets(served, request.now)
    ]
    finish = FinishForm(data, of=served, now=request.now)
    page = _Page(served, cases, StartForm(data), finish)
    if request.method == "GET" and data is not None:
        page.cases = [without_errors(form) for form in cases]
        page.start, page.finish = without_errors(page.start), without_errors(page.finish)
    return page


def _as_it_stands(request: SignedIn, page: _Page) -> _Page:
    """The page read again after what was done, with what could not be saved as it was typed."""
    fresh = _load(
        request,
        get_served_appointment_for(request.standing, page.appointment.reference),
        typed=False,
    )
    kept = {form.sheet.line.position: form for form in page.unsaved}
    for form in fresh.cases:
        if form.sheet.line.position in page.superseded:
            kept[form.sheet.line.position].supersede(form.sheet)
    same_state = fresh.appointment.status == page.appointment.status
    if same_state:
        fresh.cases = [kept.get(form.sheet.line.position, form) for form in fresh.cases]
        fresh.start, fresh.finish = page.start, page.finish
    else:
        fresh.not_saved = [(position, form.typed_texts()) for position, form in kept.items()]
    fresh.not_saved += page.not_saved
    fresh.pressed, fresh.problems, fresh.saved = page.pressed, page.problems, page.saved
    return fresh


def _carry_out(request: SignedIn, page: _Page) -> None:
    """Do what the button says: save one case, or save them all and take a step."""
    step = next((name for name in STEPS if name in request.POST), "")
    page.pressed = values.number(request.POST.get("save", ""))
    for form in page.cases:
        _keep(form, page, request, wanted=bool(step) or form.sheet.line.position == page.pressed)
    if page.not_saved:
        page.problems.append(_changed_meanwhile())
    # The two small forms belong to their own buttons: the others do not judge them.
    page.start = page.start if step == "start" else StartForm()
    if step != "finish":
        page.finish = FinishForm(None, of=page.appointment, now=request.now)
    if step and page.unsaved:
        page.problems.append(_("Correct the cases that are marked, then do it again."))
    elif step and not page.problems:
        STEPS[step](page, request.user, request)
    elif page.pressed in page.saved:
        page.news = _("Case %(n)s is saved.") % {"n": page.pressed}
    elif not page.unsaved and not page.problems:
        page.news = _("There was nothing new to save.")


def _keep(form: CaseForm, page: _Page, request: SignedIn, *, wanted: bool) -> None:
    """Save a case, or only remember what is typed about it; what has no field any more as well."""
    if wanted:
        _save(form, page, request)
    elif form.is_unsaved():
        page.unsaved.append(without_errors(form))
    lost = form.typed_texts(only_lost=True)
    if lost:
        page.not_saved.append((form.sheet.line.position, lost))


def _save(form: CaseForm, page: _Page, request: SignedIn) -> None:
    """Keep notes and outcome of one case if they are complete and new."""
    if not form.is_valid():
        page.unsaved.append(form)
        return
    line, read, by, now = form.sheet.line, form.read, request.user, request.now
    try:
        if form.record is not None:
            record = form.record
            line = actions.record_outcome(
                case_line=line,
                outcome=Outcome(record.outcome),
                answer=record.answer,
                advice=record.advice,
                task=record.task,
                due_on=record.due_on,
                urgent=record.urgent,
                read=read,
                by=by,
                now=now,
            )
            read = line.version
            page.saved.add(line.position)
        if form.notes is not None:
            actions.prepare_case(case_line=line, preparation=form.notes, read=read, by=by, now=now)
            page.saved.add(line.position)
    except actions.Superseded:
        page.unsaved.append(form)
        page.superseded.add(line.position)
        page.problems.append(
            _("Case %(n)s was saved by somebody else, or in another window, while you typed.")
            % {"n": line.position}
        )
    except (actions.WrongState, actions.NotAuthorized):
        page.unsaved.append(form)
        page.problems.append(_changed_meanwhile())


def _begin(page: _Page, by: Person, request: SignedIn) -> None:
    if not page.start.is_valid():
        return
    try:
        actions.start_appointment(
            appointment=page.appointment,
            office_late_minutes=page.start.minutes_late,
            by=by,
            now=request.now,
        )
    except actions.TooEarly as early:
        page.problems.append(
            _("It is too early: the appointment can begin on %(moment)s.")
            % {"moment": times.moment(early.begins_from)}
        )
    except actions.AnotherGoesOn as going_on:
        page.problems.append(
            _("Another appointment goes on, with %(office)s. Finish it first, then begin this one.")
            % {"office": going_on.other.office.legislator}
        )
    except actions.WrongState:
        page.problems.append(_changed_meanwhile())
    else:
        page.news = _("The appointment has begun.")


def _end(page: _Page, by: Person, request: SignedIn) -> None:
    if not page.finish.is_valid():
        return
    try:
        actions.finish_appointment(
            appointment=page.appointment,
            minutes_used=page.finish.cleaned_data["used"],
            by=by,
            now=request.now,
        )
    except actions.OutcomesMissing as missing:
        page.problems.append(_missing_sentence(missing.positions))
    except (actions.WrongState, actions.MinutesMissing, actions.NotThatLong):
        # The form has looked at the minutes: the beginning has changed since.
        page.problems.append(_changed_meanwhile())
    else:
        page.news = _("The appointment is finished. The office can read every outcome.")


def _miss(page: _Page, by: Person, request: SignedIn) -> None:
    try:
        actions.record_no_show(appointment=page.appointment, by=by, now=request.now)
    except actions.StillWaiting as waiting:
        page.problems.append(
            _("Wait for the office: you can say that nobody came from %(time)s on.")
            % {"time": times.time_of_day(waiting.until)}
        )
    except actions.WrongState:
        page.problems.append(_changed_meanwhile())
    except locking.DayBusy:
        page.problems.append(
            _("Many offices are booking that day at this moment. Please try again.")
        )
    else:
        page.news = _("It is on record that nobody came. What is left of the time is free.")


def _take_back(page: _Page, by: Person, request: SignedIn) -> None:
    try:
        taking_back.take_back_start(appointment=page.appointment, by=by, now=request.now)
    except taking_back.OutcomeRecorded:
        page.problems.append(
            _("A case has its outcome: the appointment took place. Correct the outcome, or finish.")
        )
    except taking_back.AnotherDay:
        page.problems.append(
            _("It began on an earlier day. Record what became of each case, then finish.")
        )
    except actions.WrongState:
        page.problems.append(_changed_meanwhile())
    else:
        page.news = _("It is as if the appointment had not begun.")


STEPS: dict[str, Callable[[_Page, Person, SignedIn], None]] = {
    "start": _begin,
    "finish": _end,
    "no-show": _miss,
    "not-begun": _take_back,
}


def _changed_meanwhile() -> str:
    return _("The appointment has changed in the meantime. This is how it stands now.")


def _missing_sentence(positions: list[int]) -> str:
    return ngettext(
        "Case %(cases)s has no outcome yet. Choose one, then finish.",
        "Cases %(cases)s have no outcome yet. Choose one for each, then finish.",
        len(positions),
    ) % {"cases": enumeration(positions)}


def enumeration(numbers: list[int]) -> str:
    """ "2", "1 and 3", "1, 2 and 4"."""
    *most, last = [str(number) for number in numbers]
    return _("%(most)s and %(last)s") % {"most": ", ".join(most), "last": last} if most else last
