"""An office that is asked to says that it will come."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from comptoir.liaison.actions import confirming, locking
from comptoir.liaison.permissions import get_office_appointment_for
from comptoir.people.models import Role
from comptoir.people.permissions import SignedIn, allow
from comptoir.ui import values


@require_POST
@allow(Role.DELEGATE, Role.OFFICE_MANAGER)
def confirm(request: SignedIn, reference: str) -> HttpResponse:
    """Keep the appointment. What could not be confirmed is shown as it stands now."""
    appointment = get_office_appointment_for(request.standing, reference)
    seen = values.number(request.POST.get("seen", ""))
    try:
        confirming.confirm(
            appointment=appointment,
            seen=appointment.sequence if seen is None else seen,
            by=request.user,
            now=request.now,
        )
    except confirming.NothingToConfirm:
        messages.warning(
            request,
            _(
                "This appointment was moved, cancelled or released in the meantime, or has begun. "
                "Nothing was confirmed: look at it as it stands now."
            ),
        )
    except locking.DayBusy:
        messages.warning(
            request, _("Somebody is changing this appointment at this moment. Please try again.")
        )
    else:
        messages.success(request, _("Thank you. Your appointment is confirmed and stays yours."))
    return redirect("liaison:appointment", reference=reference)
