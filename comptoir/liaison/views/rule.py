"""The sharing rule in plain words for everybody, and its next version for its owner."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import Any

from django.contrib import messages
from django.forms.models import model_to_dict
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods

from comptoir.liaison.actions import ruling
from comptoir.liaison.forms.rule import REMARKS, RuleForm
from comptoir.liaison.models import Policy
from comptoir.liaison.permissions import OVERSIGHT
from comptoir.liaison.queries import days, offices, pilots, versions
from comptoir.people.models import Office, Role
from comptoir.people.permissions import SignedIn, allow, signed_in
from comptoir.ui import clock, values


@require_GET
@signed_in
def sharing_rule(request: SignedIn) -> HttpResponse:
    """The rule of today with the numbers of the reader's own offices, what follows it, what came before."""
    context = {
        "versions": versions.versions(clock.service_date(request.now)),
        "own": _own_numbers(request),
        "may_change": Role.POLICY_OWNER in request.standing.roles,
        "oversees": bool(OVERSIGHT & request.standing.roles),
        "pilots": pilots.going_on(clock.service_date(request.now)),
        "offices": request.standing.offices,
    }
    return render(request, "liaison/rule.html", context)


def _own_numbers(request: SignedIn) -> list[tuple[Office, offices.Shares]]:
    """Each office the person acts for, with what it has of today and this week; none without a rule."""
    if not request.standing.offices:
        return []
    rules, today = days.load_rules(), [clock.service_date(request.now)]
    found = (
        (office, offices.shares_on(office, today, rules, request.now))
        for office in request.standing.offices
    )
    return [(office, shares) for office, shares in found if shares is not None]


@require_GET
@signed_in
def guide(request: SignedIn) -> HttpResponse:
    """How the hours are shared in plain words, with the numbers of the rule the reader's office is under."""
    today = clock.service_date(request.now)
    office = next(iter(request.standing.offices), None)
    rules = days.load_rules()
    policy = (rules if office is None else rules.of(office.pk)).policy(today)
    common, groups = rules.shared(today), rules.of_groups(today)
    context = {
        "policy": policy,
        "office": office,
        "groups": groups,
        "in_group": office is not None and office.pk in groups,
        "release": policy and datetime.combine(today, policy.release_at, clock.service_zone()),
    } | (_in_common(common, today) if common is not None else {})
    return render(request, "liaison/guide_sharing.html", context)


def _in_common(policy: Policy, today: date) -> dict[str, Any]:
    """How days open and who waits is settled by the rule of all, also for the group of a pilot."""
    opens_at = datetime.combine(today, policy.opens_at, clock.service_zone())
    until = opens_at + timedelta(minutes=policy.batch_minutes)
    return {"common": policy, "opens_at": opens_at, "opens_until": until}


@require_http_methods(["GET", "POST"])
@allow(Role.POLICY_OWNER)
def new_version(request: SignedIn) -> HttpResponse:
    """Write the next version, beginning from the one in force; it is set once it was compared."""
    form = RuleForm(request.POST or None, initial=_initial(request))
    asked = request.method == "POST" and "change" not in request.POST
    if asked and form.is_valid():
        try:
            return _set(request, form)
        except ruling.CannotStartRule as reason:
            form.refuse(reason)
    status = 422 if asked else 200
    context = {"form": form, "sections": form.sections(clock.service_date(request.now))}
    return render(request, "liaison/rule_new.html", context, status=status)


def _set(request: SignedIn, form: RuleForm) -> HttpResponse:
    """Set what was compared with what there is; without a comparison, show it. Raises CannotStartRule."""
    seen = values.number(request.POST.get("seen", ""))
    if seen is not None:
        try:
            policy = ruling.start_rule(
                draft=form.draft(), by=request.user, now=request.now, seen=seen
            )
        except ruling.SetMeanwhile:
            messages.warning(
                request,
                _("Another version was set in the meantime. Nothing was done: compare once more."),
            )
        else:
            set_now = {"version": policy.version}
            messages.success(request, _("Version %(version)s is set.") % set_now)
            return redirect("liaison:rule")
    draft = form.draft()
    ruling.check_rule(draft=draft, now=request.now)
    context = {"form": form, "comparison": versions.compare(draft)}
    return render(
        request, "liaison/rule_compare.html", context, status=200 if seen is None else 422
    )


def _initial(request: SignedIn) -> dict[str, Any]:
    """The rule of today; to withdraw a coming version `instead`, what it would have followed."""
    today = clock.service_date(request.now)
    number = values.number(request.GET.get("instead", ""))
    withdrawn = versions.coming(number, today) if number is not None else None
    if withdrawn is None:
        current = versions.governing(today)
        return model_to_dict(current, exclude=["valid_from", *REMARKS]) if current else {}
    first = withdrawn.valid_from
    before = versions.governing(first - timedelta(days=1))
    return (model_to_dict(before) if before else {}) | {"valid_from": first}
