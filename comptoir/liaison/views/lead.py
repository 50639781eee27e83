"""What a team lead does about appointments that the centre cannot keep."""

from __future__ import annotations

from datetime import date
from typing import Any

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from comptoir.liaison.actions import changing, locking
from comptoir.liaison.actions import rebooking as actions
from comptoir.liaison.actions.booking import NotAdmitted
from comptoir.liaison.actions.rebooking import Batch, Reach, Result
from comptoir.liaison.forms.rebooking import CentreCancelForm, RebookAllForm, RebookForm
from comptoir.liaison.models import Appointment, Reason, Side, Status
from comptoir.liaison.permissions import (
    get_absence_for,
    get_served_appointment_for,
    get_service_day_for,
)
from comptoir.liaison.queries import explanations, rebooking
from comptoir.liaison.queries.rebooking import Cause
from comptoir.people.models import Role
from comptoir.people.permissions import SignedIn, allow
from comptoir.roster.models import Absence, Professional
from comptoir.roster.queries import calendar
from comptoir.ui import times, values
from comptoir.ui.seeds import new_seed

AFFECTED_ON_A_PAGE = 10
"""Each needs two queries: more would make the page slow, and nobody decides on more at once."""

BATCH = 10


@require_GET
@allow(Role.TEAM_LEAD)
def affected(request: SignedIn, pk: int) -> HttpResponse:
    """The appointments an absence hits, each with the best places for it; and what was done so far."""
    return _affected(request, get_absence_for(request.standing, pk))


@require_GET
@allow(Role.TEAM_LEAD)
def affected_on(request: SignedIn, on: date) -> HttpResponse:
    """The same for a day: its appointments at times that are no longer worked, whatever the cause."""
    return _affected(request, get_service_day_for(request.standing, on))


@require_POST
@allow(Role.TEAM_LEAD)
def rebook(request: SignedIn, pk: int, reference: str) -> HttpResponse:
    """Give one appointment of an absence the place that was pressed; its office is told."""
    return _rebook(request, get_absence_for(request.standing, pk), reference)


@require_POST
@allow(Role.TEAM_LEAD)
def rebook_on(request: SignedIn, on: date, reference: str) -> HttpResponse:
    """The same for an appointment of a day."""
    return _rebook(request, get_service_day_for(request.standing, on), reference)


@require_POST
@allow(Role.TEAM_LEAD)
def rebook_all(request: SignedIn, pk: int) -> HttpResponse:
    """Rebook one batch of an absence and say how far it has come."""
    return _rebook_all(request, get_absence_for(request.standing, pk))


@require_POST
@allow(Role.TEAM_LEAD)
def rebook_all_on(request: SignedIn, on: date) -> HttpResponse:
    """The same for a day."""
    return _rebook_all(request, get_service_day_for(request.standing, on))


def _affected(request: SignedIn, cause: Cause) -> HttpResponse:
    everything = rebooking.affected_by(cause)
    page = Paginator(everything, AFFECTED_ON_A_PAGE).get_page(request.GET.get("page"))
    context = _about(cause) | {
        "page": page,
        "rows": rebooking.equivalents(list(page), now=request.now, seed=_seed_of(cause)),
        "dealt": rebooking.dealt_with(cause),
        "form": RebookAllForm(),
    }
    return render(request, "liaison/lead_affected.html", context)


def _rebook(request: SignedIn, cause: Cause, reference: str) -> HttpResponse:
    appointment = get_served_appointment_for(request.standing, reference)
    back = redirect(_page_of(cause))
    if not rebooking.affected_by(cause).filter(pk=appointment.pk).exists():
        messages.info(request, _("This appointment has been dealt with in the meantime."))
        return back
    form = RebookForm(request.POST)
    if not form.is_valid():
        messages.error(request, _("Choose one of the places on the page."))
        return back
    try:
        _place(request, cause, appointment, form)
    except changing.NobodyFree:
        messages.warning(request, _("That colleague has just been booked. Choose another place."))
    except NotAdmitted as refused:
        words = explanations.explain(refused.decision.reason, refused.decision.counters)
        messages.warning(request, words.sentence)
    except changing.ChangedMeanwhile:
        messages.warning(request, _changed(appointment))
    except changing.NotChangeable:
        messages.info(request, _("This appointment has been dealt with in the meantime."))
    except locking.DayBusy:
        messages.warning(request, _busy())
    return back


def _rebook_all(request: SignedIn, cause: Cause) -> HttpResponse:
    """The page goes on by itself until all were tried."""
    form = RebookAllForm(request.POST)
    if not form.is_valid():
        return redirect(_page_of(cause))
    so_far = {name: form.cleaned_data[name] or 0 for name in ("same_time", "other_time", "left")}
    batch = actions.rebook_batch(
        cause=cause,
        reach=Reach(form.cleaned_data["reach"]),
        size=BATCH,
        left_before=so_far["left"],
        by=request.user,
        now=request.now,
        seed=new_seed(),
    )
    context = _about(cause) | _progress(batch, so_far) | {"reach": form.cleaned_data["reach"]}
    return render(request, "liaison/lead_rebooking.html", context)


@require_http_methods(["GET", "POST"])
@allow(Role.TEAM_LEAD)
def cancel(request: SignedIn, reference: str) -> HttpResponse:
    """Cancel an appointment for the centre: counted as the centre's, never as the office's."""
    appointment = get_served_appointment_for(request.standing, reference)
    cause = _cause_named(request)
    back = (
        _page_of(cause)
        if cause is not None
        else reverse("liaison:served", args=[appointment.reference])
    )
    form = CentreCancelForm(
        request.POST or None,
        initial={
            "seen": appointment.sequence,
            "reason": actions.reason_of(cause) if cause is not None else None,
        },
    )
    if appointment.status != Status.BOOKED:
        messages.info(request, _("This appointment has been dealt with in the meantime."))
        return redirect(back)
    if request.method == "POST" and form.is_valid():
        try:
            _cancel(request, appointment, form)
        except changing.ChangedMeanwhile:
            appointment = get_served_appointment_for(request.standing, reference)
            form = form.anew(appointment)
            messages.warning(request, _changed(appointment))
        else:
            return redirect(back)
    context = {
        "appointment": appointment,
        "office": appointment.office,
        "form": form,
        "back": back,
    }
    status = 422 if request.method == "POST" else 200
    return render(request, "liaison/lead_cancel.html", context, status=status)


def _place(request: SignedIn, cause: Cause, appointment: Appointment, form: RebookForm) -> None:
    """Whichever button was pressed."""
    if form.cleaned_data["start"]:
        _move(request, cause, appointment, form)
    else:
        _reassign(request, cause, appointment, form)


def _move(request: SignedIn, cause: Cause, appointment: Appointment, form: RebookForm) -> None:
    starts_at = form.cleaned_data["start"]
    changing.move_appointment(
        appointment=appointment,
        starts_at=starts_at,
        minutes=appointment.minutes,
        side=Side.CENTRE,
        reason=actions.reason_of(cause),
        by=request.user,
        now=request.now,
        seed=new_seed(),
        seen=form.cleaned_data["seen"],
    )
    messages.success(
        request,
        _("%(office)s is moved to %(moment)s. The office is told.")
        % {"office": appointment.office.legislator, "moment": times.moment(starts_at)},
    )


def _reassign(request: SignedIn, cause: Cause, appointment: Appointment, form: RebookForm) -> None:
    professional = form.cleaned_data["professional"]
    colleague = Professional.objects.select_related("person").filter(pk=professional).first()
    if colleague is None:
        raise changing.NobodyFree
    changing.reassign_appointment(
        appointment=appointment,
        professional=colleague,
        reason=actions.reason_of(cause),
        by=request.user,
        now=request.now,
        seed=new_seed(),
        seen=form.cleaned_data["seen"],
    )
    messages.success(
        request,
        _("%(office)s keeps its time, with %(name)s. The office is told.")
        % {"office": appointment.office.legislator, "name": colleague.person.name},
    )


def _cancel(request: SignedIn, appointment: Appointment, form: CentreCancelForm) -> None:
    try:
        changing.cancel_appointment(
            appointment=appointment,
            side=Side.CENTRE,
            reason=Reason(form.cleaned_data["reason"]),
            note=form.cleaned_data["note"],
            by=request.user,
            now=request.now,
            seen=form.cleaned_data["seen"],
        )
    except changing.ChangedMeanwhile:
        raise
    except changing.NotChangeable:
        messages.info(request, _("This appointment has been dealt with in the meantime."))
    except locking.DayBusy:
        messages.warning(request, _busy())
    else:
        messages.success(
            request, _("The appointment is cancelled for the centre. The office is told.")
        )


def _progress(batch: Batch, so_far: dict[str, int]) -> dict[str, int | float]:
    """Totals over all batches."""
    same_time = so_far["same_time"] + batch.count(Result.SAME_TIME)
    other_time = so_far["other_time"] + batch.count(Result.OTHER_TIME)
    left = so_far["left"] + batch.count(Result.LEFT)
    tried = same_time + other_time + left
    return {
        "same_time": same_time,
        "other_time": other_time,
        "left": left,
        "tried": tried,
        "waiting": batch.waiting,
        "total": tried + batch.waiting,
    }


def _about(cause: Cause) -> dict[str, Any]:
    """What the templates say of the cause; the buttons' addresses are below its page's."""
    if isinstance(cause, Absence):
        return {"absence": cause, "here": _page_of(cause), "named": f"absence={cause.pk}"}
    closed = calendar.closures(cause.on, cause.on).get(cause.on)
    named = f"day={cause.on.isoformat()}"
    return {"day": cause, "closed": closed, "here": _page_of(cause), "named": named}


def _page_of(cause: Cause) -> str:
    """The page that lists what the cause affects."""
    if isinstance(cause, Absence):
        return reverse("liaison:affected", args=[cause.pk])
    return reverse("liaison:affected-on", args=[cause.on])


def _cause_named(request: SignedIn) -> Cause | None:
    """The absence or the day whose list led here, if one did."""
    absence, day = request.GET.get("absence", ""), request.GET.get("day", "")
    if absence:
        number = values.number(absence)
        if number is None:
            raise Http404
        return get_absence_for(request.standing, number)
    if not day:
        return None
    try:
        return get_service_day_for(request.standing, date.fromisoformat(day))
    except ValueError as error:
        raise Http404 from error


def _seed_of(cause: Cause) -> int:
    """The same page twice names the same colleagues in the same order."""
    return cause.pk


def _changed(appointment: Appointment) -> str:
    return _(
        "Appointment %(reference)s was moved or given to a colleague in the meantime. Nothing was done: "
        "look at it as it stands now."
    ) % {"reference": appointment.reference}


def _busy() -> str:
    return _("Many offices are booking that day at this moment. Please try again.")
