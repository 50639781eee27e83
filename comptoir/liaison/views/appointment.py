"""One appointment as its office sees it: details, answers, moving, cancelling, calendar file."""

from __future__ import annotations

from datetime import datetime
from typing import TypeVar

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods

from comptoir.liaison.actions import changing, locking, searching, seeing
from comptoir.liaison.actions.booking import NotAdmitted
from comptoir.liaison.forms.changing import MoveForm, ReasonForm
from comptoir.liaison.models import Appointment, Reason, Side
from comptoir.liaison.permissions import get_office_appointment_for
from comptoir.liaison.queries import confirming, costs, days, explanations, offices, times
from comptoir.liaison.queries import messages as texts
from comptoir.liaison.views.booking import NEAREST, SOONEST
from comptoir.people.models import Role
from comptoir.people.permissions import SignedIn, allow
from comptoir.ui.seeds import new_seed

Typed = TypeVar("Typed", bound=ReasonForm)


@require_GET
@allow(Role.DELEGATE, Role.OFFICE_MANAGER)
def show(request: SignedIn, reference: str) -> HttpResponse:
    """Everything about one appointment; that it was looked at is on record."""
    appointment = offices.with_history(get_office_appointment_for(request.standing, reference))
    seeing.note_appointment_seen(
        appointment=appointment,
        cases=appointment.case_lines.all(),
        by=request.user,
        now=request.now,
    )
    context = {
        "appointment": appointment,
        "office": appointment.office,
        "happenings": offices.happenings(appointment),
        "lapsed": offices.lapsed_consents(appointment),
        "changeable": costs.is_changeable(appointment, request.now),
        "cost": costs.of(appointment, days.load_rules(), request.now),
        "confirm_until": _confirm_until(appointment, request.now),
    }
    return render(request, "liaison/appointment.html", context)


@require_GET
@allow(Role.DELEGATE, Role.OFFICE_MANAGER)
def calendar_file(request: SignedIn, reference: str) -> HttpResponse:
    """The appointment for a calendar program; nothing about a case."""
    appointment = get_office_appointment_for(request.standing, reference)
    answer = HttpResponse(
        texts.calendar_file(appointment, to=request.user, now=request.now),
        content_type="text/calendar; charset=utf-8",
    )
    answer["Content-Disposition"] = f'attachment; filename="{appointment.reference}.ics"'
    return answer


@require_http_methods(["GET", "POST"])
@allow(Role.DELEGATE, Role.OFFICE_MANAGER)
def move(request: SignedIn, reference: str) -> HttpResponse:
    """Another time for the same appointment; what it costs is said before it is done."""
    appointment = get_office_appointment_for(request.standing, reference)
    if not costs.is_changeable(appointment, request.now):
        return _too_late(request, appointment)
    form = MoveForm(request.POST or None, initial={"seen": appointment.sequence})
    refusal = None
    if request.method == "POST" and form.is_valid():
        try:
            refusal = _move(request, appointment, form)
        except changing.ChangedMeanwhile:
            appointment, form = _anew(request, appointment, form)
        except changing.NotChangeable:
            return _too_late(request, appointment)
        except locking.DayBusy:
            messages.warning(request, _busy())
        else:
            if refusal is None:
                messages.success(request, _("Your appointment is moved."))
                return redirect("liaison:appointment", reference=reference)
    return _move_page(request, appointment, form, refusal)


@require_http_methods(["GET", "POST"])
@allow(Role.DELEGATE, Role.OFFICE_MANAGER)
def cancel(request: SignedIn, reference: str) -> HttpResponse:
    """Give the appointment up, knowing what it costs."""
    appointment = get_office_appointment_for(request.standing, reference)
    if not costs.is_changeable(appointment, request.now):
        return _too_late(request, appointment)
    form = ReasonForm(request.POST or None, initial={"seen": appointment.sequence})
    if request.method == "POST" and form.is_valid():
        try:
            changing.cancel_appointment(
                appointment=appointment,
                side=Side.OFFICE,
                reason=Reason(form.cleaned_data["reason"]),
                note=form.cleaned_data["note"],
                by=request.user,
                now=request.now,
                seen=form.cleaned_data["seen"],
            )
        except changing.ChangedMeanwhile:
            appointment, form = _anew(request, appointment, form)
        except changing.NotChangeable:
            return _too_late(request, appointment)
        except locking.DayBusy:
            messages.warning(request, _busy())
        else:
            messages.success(
                request, _("Your appointment is cancelled. Its time is free for others.")
            )
            return redirect("liaison:appointment", reference=reference)
    context = {
        "appointment": appointment,
        "office": appointment.office,
        "form": form,
        "cost": costs.of(appointment, days.load_rules(), request.now),
    }
    status = 422 if request.method == "POST" else 200
    return render(request, "liaison/appointment_cancel.html", context, status=status)


def _move(
    request: SignedIn, appointment: Appointment, form: MoveForm
) -> explanations.Explanation | None:
    """Move it; the words for why it stays where it is, or None when it is moved."""
    try:
        changing.move_appointment(
            appointment=appointment,
            starts_at=form.cleaned_data["start"],
            minutes=appointment.minutes,
            side=Side.OFFICE,
            reason=Reason(form.cleaned_data["reason"]),
            note=form.cleaned_data["note"],
            by=request.user,
            now=request.now,
            seed=new_seed(),
            seen=form.cleaned_data["seen"],
        )
    except NotAdmitted as refused:
        return explanations.of(refused.decision)
    except changing.AtThatTimeAlready:
        return explanations.at_that_time_already()
    return None


def _move_page(
    request: SignedIn,
    appointment: Appointment,
    form: MoveForm,
    refusal: explanations.Explanation | None,
) -> HttpResponse:
    rules = days.load_rules()
    cost = costs.of(appointment, rules, request.now)
    found = times.find_times(
        office=appointment.office,
        minutes=appointment.minutes,
        language=appointment.language,
        rules=rules,
        now=request.now,
        excluding=appointment,
        still_counted=appointment.quanta if cost.late else 0,
    )
    _note_look(request, appointment, found)
    wanted = form.cleaned_data.get("start") if refusal is not None else None
    context = {
        "appointment": appointment,
        "office": appointment.office,
        "form": form,
        "days": explanations.for_days(found),
        "soonest": times.soonest(found, SOONEST),
        "beside": times.beside_own(
            found,
            office=appointment.office,
            minutes=appointment.minutes,
            now=request.now,
            excluding=appointment,
        ),
        "refusal": refusal,
        "alternatives": times.nearest(found, wanted, NEAREST) if wanted else None,
        "cost": cost,
    }
    status = 422 if request.method == "POST" else 200
    return render(request, "liaison/appointment_move.html", context, status=status)


def _note_look(request: SignedIn, appointment: Appointment, found: list[times.DayTimes]) -> None:
    """A look at the times is kept; a move that was refused is a decision, which is kept already."""
    if request.method == "GET":
        searching.note_look(
            office=appointment.office,
            minutes=appointment.minutes,
            language=appointment.language,
            found=found,
            now=request.now,
        )


def _anew(request: SignedIn, appointment: Appointment, form: Typed) -> tuple[Appointment, Typed]:
    """The appointment as it stands now, and what was typed, to be decided on again."""
    messages.warning(
        request,
        _(
            "Your appointment was moved or given to another professional in the meantime. Nothing was "
            "done: look at it as it stands now."
        ),
    )
    current = get_office_appointment_for(request.standing, appointment.reference)
    return current, form.anew(current)


def _confirm_until(appointment: Appointment, now: datetime) -> datetime | None:
    """Until when the office is asked to confirm the appointment; None if it is not, or has done so."""
    if not confirming.is_open(appointment, now):
        return None
    return confirming.deadline(appointment.starts_at, days.load_rules())


def _too_late(request: SignedIn, appointment: Appointment) -> HttpResponse:
    messages.warning(
        request,
        _("This appointment has begun, ended or been cancelled: it can no longer be changed."),
    )
    return redirect("liaison:appointment", reference=appointment.reference)


def _busy() -> str:
    return _(
        "Many offices are booking that day at this moment. Nothing was changed; please try again."
    )
