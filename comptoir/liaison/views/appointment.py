"""One appointment as its office sees it: details, answers, moving, cancelling, calendar file."""

from __future__ import annotations

import secrets
from datetime import datetime
from typing import Any, TypeVar

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods

from comptoir.liaison.actions import changing, locking, seeing
from comptoir.liaison.actions.booking import NotAdmitted
from comptoir.liaison.forms.changing import MoveForm, ReasonForm
from comptoir.liaison.models import Appointment, Reason, Side, Status
from comptoir.liaison.permissions import get_office_appointment_for
from comptoir.liaison.queries import days, explanations, offices, times
from comptoir.liaison.queries import messages as texts
from comptoir.liaison.views.booking import NEAREST, SEED_BITS, SOONEST
from comptoir.people.models import Role
from comptoir.people.permissions import SignedIn, allow
from comptoir.ui import clock

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
        "changeable": _changeable(request, appointment),
        "late": changing.would_be_late(appointment, days.load_rules(), request.now),
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
    if not _changeable(request, appointment):
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
    if not _changeable(request, appointment):
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
        **_cost(appointment, days.load_rules(), request.now),
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
            seed=secrets.randbits(SEED_BITS),
            seen=form.cleaned_data["seen"],
        )
    except NotAdmitted as refused:
        return explanations.explain(refused.decision.reason, refused.decision.counters)
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
    cost = _cost(appointment, rules, request.now)
    found = times.find_times(
        office=appointment.office,
        minutes=appointment.minutes,
        language=appointment.language,
        rules=rules,
        now=request.now,
        excluding=appointment,
        still_counted=appointment.quanta if cost["late"] else 0,
    )
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
        **cost,
    }
    status = 422 if request.method == "POST" else 200
    return render(request, "liaison/appointment_move.html", context, status=status)


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


def _cost(appointment: Appointment, rules: days.Rules, now: datetime) -> dict[str, Any]:
    """Whether giving the time up would be late, and the notice under which it is."""
    rule = rules.of(appointment.office_id).on(clock.service_date(appointment.starts_at))
    return {
        "late": changing.would_be_late(appointment, rules, now),
        "late_notice": rule.late_notice_minutes if rule is not None else 0,
    }


def _changeable(request: SignedIn, appointment: Appointment) -> bool:
    return appointment.status == Status.BOOKED and appointment.starts_at > request.now


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
