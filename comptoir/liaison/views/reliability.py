"""What a team lead sees of time given up late: who is asked to confirm, what was excused, what is charged."""

from __future__ import annotations

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from comptoir.domain.grid import QUANTUM_MINUTES
from comptoir.liaison.actions import excusing, locking, waiving
from comptoir.liaison.forms.reliability import WordsForm
from comptoir.liaison.permissions import get_excused_event_for, get_led_appointment_for
from comptoir.liaison.queries import charged, days, excuses, flags
from comptoir.people.models import Role
from comptoir.people.permissions import SignedIn, allow

PER_PAGE = 25


@require_GET
@allow(Role.TEAM_LEAD)
def asked_to_confirm(request: SignedIn) -> HttpResponse:
    """The offices that are asked to confirm their appointments, or were, and on which numbers."""
    over = "over" in request.GET
    found = flags.ended() if over else flags.open_now()
    page = Paginator(found, PER_PAGE).get_page(request.GET.get("page"))
    return render(request, "liaison/lead_flags.html", {"page": page, "over": over})


@require_GET
@allow(Role.TEAM_LEAD)
def excused(request: SignedIn) -> HttpResponse:
    """The excused losses of the last weeks, those that are drawn to be checked first."""
    rules = days.load_rules()
    found = excuses.keys(request.now, rules)
    page = Paginator(found, PER_PAGE).get_page(request.GET.get("page"))
    context = {"page": page, "losses": excuses.with_words(list(page.object_list), rules)}
    return render(request, "liaison/lead_excused.html", context)


@require_GET
@allow(Role.TEAM_LEAD)
def late(request: SignedIn) -> HttpResponse:
    """What was charged in the last weeks, what of it still counts, and apart from it what was waived."""
    charges = Paginator(charged.losses(request.now), PER_PAGE)
    waivers = Paginator(charged.waived(request.now), PER_PAGE)
    page = charges.get_page(request.GET.get("page"))
    waived_page = waivers.get_page(request.GET.get("waived"))
    context = {
        "page": page,
        "losses": charged.with_counts(list(page.object_list)),
        "waived_page": waived_page,
        "waived": charged.with_counts(list(waived_page.object_list)),
    }
    return render(request, "liaison/lead_late.html", context)


@require_POST
@allow(Role.TEAM_LEAD)
def accept_excuse(request: SignedIn, pk: int) -> HttpResponse:
    """The excuse is a good one."""
    event = get_excused_event_for(request.standing, pk)
    try:
        excusing.accept(event=event, by=request.user, now=request.now)
    except excusing.CheckedAlready:
        messages.info(request, _checked_already())
    except locking.DayBusy:
        messages.warning(request, _busy())
    else:
        messages.success(request, _("The excuse is accepted."))
    return redirect("liaison:excused")


@require_http_methods(["GET", "POST"])
@allow(Role.TEAM_LEAD)
def strike_excuse(request: SignedIn, pk: int) -> HttpResponse:
    """The excuse is not accepted, and the office reads why."""
    event = get_excused_event_for(request.standing, pk)
    form = WordsForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            excusing.strike(
                event=event, reason=form.cleaned_data["reason"], by=request.user, now=request.now
            )
        except excusing.CheckedAlready:
            messages.info(request, _checked_already())
            return redirect("liaison:excused")
        except excusing.StillOpen:
            messages.info(
                request,
                _("That day is not over. What was lost is known tomorrow: look again then."),
            )
            return redirect("liaison:excused")
        except locking.DayBusy:
            messages.warning(request, _busy())
        else:
            messages.success(request, _("The time counts as given up late. The office reads why."))
            return redirect("liaison:excused")
    context = {"event": event, "office": event.appointment.office, "form": form}
    status = 422 if request.method == "POST" else 200
    return render(request, "liaison/lead_strike.html", context, status=status)


@require_http_methods(["GET", "POST"])
@allow(Role.TEAM_LEAD)
def waive(request: SignedIn, reference: str) -> HttpResponse:
    """Lift what an appointment still costs its office."""
    appointment = get_led_appointment_for(request.standing, reference)
    counting = charged.of(appointment)
    form = WordsForm(request.POST or None)
    if not counting:
        messages.info(request, _nothing_charged())
        return redirect("liaison:late")
    if request.method == "POST" and form.is_valid():
        try:
            waiving.waive(
                appointment=appointment,
                reason=form.cleaned_data["reason"],
                by=request.user,
                now=request.now,
            )
        except waiving.NothingCharged:
            messages.info(request, _nothing_charged())
            return redirect("liaison:late")
        except locking.DayBusy:
            messages.warning(request, _busy())
        else:
            messages.success(request, _("It no longer counts against the office, which reads why."))
            return redirect("liaison:late")
    context = {
        "appointment": appointment,
        "office": appointment.office,
        "form": form,
        "minutes": sum(one.quanta for one in counting) * QUANTUM_MINUTES,
    }
    status = 422 if request.method == "POST" else 200
    return render(request, "liaison/lead_waive.html", context, status=status)


def _checked_already() -> str:
    return _("Somebody has looked at this excuse in the meantime. What they found stands.")


def _nothing_charged() -> str:
    return _("Nothing of this appointment counts against its office any more.")


def _busy() -> str:
    return _("Many offices are booking that day at this moment. Please try again.")
