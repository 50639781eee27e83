"""When follow-ups are due: every dated target, and the next one, for the owner of the rules."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.forms.models import model_to_dict
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods

from comptoir.liaison.actions import targeting
from comptoir.liaison.forms.targets import TargetForm
from comptoir.liaison.queries import serving
from comptoir.people.models import Role
from comptoir.people.permissions import SignedIn, allow
from comptoir.ui import clock, times


@require_GET
@allow(Role.POLICY_OWNER)
def targets(request: SignedIn) -> HttpResponse:
    """The target of today, what follows it, and what came before."""
    found = serving.targets(clock.service_date(request.now))
    return render(request, "liaison/targets.html", {"targets": found})


@require_http_methods(["GET", "POST"])
@allow(Role.POLICY_OWNER)
def new_target(request: SignedIn) -> HttpResponse:
    """Write the next target, beginning from the one in force."""
    form = TargetForm(request.POST or None, initial=_initial(request))
    if request.method == "POST" and form.is_valid():
        try:
            target = targeting.start_target(**form.cleaned_data, by=request.user, now=request.now)
        except targeting.CannotSetTarget as reason:
            form.refuse(reason)
        else:
            since = {"day": times.long_date(target.valid_from)}
            messages.success(request, _("The target holds from %(day)s.") % since)
            return redirect("liaison:targets")
    status = 422 if form.errors else 200
    return render(request, "liaison/target_new.html", {"form": form}, status=status)


def _initial(request: SignedIn) -> dict[str, Any]:
    current = serving.target_on(clock.service_date(request.now))
    if current is None:
        return {}
    return model_to_dict(current, fields=["business_days", "urgent_hours"])
