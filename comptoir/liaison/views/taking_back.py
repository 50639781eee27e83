"""Taking back that nobody came. A start is taken back on the appointment's own form, see `serving`."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from comptoir.liaison.actions import locking, taking_back
from comptoir.liaison.actions.serving import WrongState
from comptoir.liaison.permissions import get_served_appointment_for
from comptoir.people.models import Role
from comptoir.people.permissions import SignedIn, allow


@require_POST
@allow(Role.PROFESSIONAL, Role.TEAM_LEAD)
def no_show(request: SignedIn, reference: str) -> HttpResponse:
    """Somebody came after all, or the wrong button was pressed."""
    appointment = get_served_appointment_for(request.standing, reference)
    try:
        taking_back.take_back_no_show(appointment=appointment, by=request.user, now=request.now)
    except (WrongState, taking_back.CannotTakeBack, locking.DayBusy) as refused:
        messages.warning(request, _sentence(refused))
    else:
        messages.success(
            request, _("The appointment is booked again. Begin it when the office is there.")
        )
    return redirect("liaison:served", appointment.reference)


def _sentence(refused: Exception) -> str:
    if isinstance(refused, taking_back.AnotherDay):
        return _(
            "It was recorded on an earlier day and stays as it is. If the cases still need an "
            "answer, ask the office to book another time."
        )
    if isinstance(refused, taking_back.TimeTaken):
        return _(
            "Its time has been taken since, so it stays as it is. If the cases still need an "
            "answer, ask the office to book another time."
        )
    if isinstance(refused, locking.DayBusy):
        return _("Many offices are booking that day at this moment. Please try again.")
    return _("The appointment has changed in the meantime. This is how it stands now.")
