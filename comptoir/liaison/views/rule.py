"""The sharing rule in plain words for everybody, and its next version for its owner."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.forms.models import model_to_dict
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods

from comptoir.liaison.actions import ruling
from comptoir.liaison.forms.rule import RuleForm
from comptoir.liaison.models import Policy
from comptoir.liaison.queries import days
from comptoir.people.models import Role
from comptoir.people.permissions import SignedIn, allow, signed_in
from comptoir.ui import clock

REMARKS = ("remark_en", "remark_fr")
"""What was said of one version is not said of the next without being written again."""


@require_GET
@signed_in
def sharing_rule(request: SignedIn) -> HttpResponse:
    """The rule of today, what follows it, and what came before."""
    rules = days.load_rules()
    today = clock.service_date(request.now)
    current = rules.policy(today)
    versions = sorted(
        rules.policies.values(), key=lambda p: (p.valid_from, p.version), reverse=True
    )
    context = {
        "current": current,
        "coming": [p for p in reversed(versions) if p.valid_from > today],
        "earlier": [p for p in versions if p.valid_from <= today and p != current],
        "may_change": Role.POLICY_OWNER in request.standing.roles,
    }
    return render(request, "liaison/rule.html", context)


@require_http_methods(["GET", "POST"])
@allow(Role.POLICY_OWNER)
def new_version(request: SignedIn) -> HttpResponse:
    """Write the next version, beginning from the one in force."""
    form = RuleForm(request.POST or None, initial=_initial(request))
    if request.method == "POST" and form.is_valid():
        try:
            policy = ruling.start_rule(
                rule=form.rule(),
                words=form.words(),
                valid_from=form.cleaned_data["valid_from"],
                most_case_lines=form.cleaned_data["most_case_lines"],
                hold_minutes=form.cleaned_data["hold_minutes"],
                no_show_after_minutes=form.cleaned_data["no_show_after_minutes"],
                start_early_minutes=form.cleaned_data["start_early_minutes"],
                by=request.user,
                now=request.now,
            )
        except ruling.BadRule as bad:
            form.add_faults(bad.faults)
        except ruling.BeginsInThePast:
            form.add_error("valid_from", _("Choose tomorrow or a later day."))
        else:
            messages.success(
                request, _("Version %(version)s is set.") % {"version": policy.version}
            )
            return redirect("liaison:rule")
    return render(
        request, "liaison/rule_new.html", {"form": form}, status=422 if form.errors else 200
    )


def _initial(request: SignedIn) -> dict[str, Any]:
    current: Policy | None = days.load_rules().policy(clock.service_date(request.now))
    return model_to_dict(current, exclude=["valid_from", *REMARKS]) if current is not None else {}
