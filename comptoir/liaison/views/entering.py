"""The form with which an office says what it waits for, or wishes for of a day that opens."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date
from http import HTTPStatus
from typing import Any

from django.http import HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _

from comptoir.liaison.actions import locking, opening, waiting
from comptoir.liaison.forms.booking import CaseRows
from comptoir.liaison.forms.waiting import WaitForm
from comptoir.liaison.models import Mode, WaitingEntry
from comptoir.liaison.queries import days
from comptoir.people.models import Office
from comptoir.people.permissions import SignedIn
from comptoir.ui import clock
from comptoir.ui.forms import without_errors


@dataclass
class EntryPage:
    """The form as it stands: what was typed and what is wrong with it."""

    office: Office
    form: WaitForm
    cases: CaseRows
    status: int = HTTPStatus.OK

    def submitted(
        self, request: SignedIn, file: Callable[..., WaitingEntry]
    ) -> WaitingEntry | None:
        """What was filed; None if nothing was, and then the page says why."""
        if request.method == "GET" or not self._is_complete():
            return None
        try:
            return file(
                office=self.office,
                waits=self.form.waits(),
                cases=self.cases.cases(),
                by=request.user,
                now=request.now,
            )
        except waiting.CannotWait as refused:
            self.form.add_error(None, _why(refused))
            self.status = HTTPStatus.UNPROCESSABLE_ENTITY
        except locking.DayBusy:
            self.form.add_error(None, busy())
            self.status = HTTPStatus.SERVICE_UNAVAILABLE
        return None

    def _is_complete(self) -> bool:
        """Whether it was submitted (not just a row added) and everything is in order."""
        if self.cases.rows_changed:
            self.form = without_errors(self.form)
            return False
        # Both are asked, so that every error shows at once.
        if all([self.cases.is_valid(), self.form.is_valid()]):
            return True
        self.status = HTTPStatus.UNPROCESSABLE_ENTITY
        return False

    def shown(self, request: SignedIn, template: str, **more: Any) -> HttpResponse:
        """The page."""
        context = {"office": self.office, "form": self.form, "cases": self.cases, **more}
        return render(request, template, context, status=self.status)


def page(request: SignedIn, office: Office, dates: Sequence[date]) -> EntryPage:
    """The form about these days; what led here (a day, a length, a language) is filled in."""
    rules, today = days.load_rules().of(office.pk), clock.service_date(request.now)
    rule, policy = rules.on(today), rules.policy(today)
    assert rule is not None, "without a rule no day can be booked"
    assert policy is not None, "a rule is made from a policy"
    data = request.POST or None
    form = WaitForm(data, rule=rule, dates=dates, office=office, initial=_known(request, office))
    form_kwargs = {"office": office, "meeting_on": _last_day(data, dates), "today": today}
    cases = CaseRows(data, most=policy.most_case_lines, prefix="cases", form_kwargs=form_kwargs)
    return EntryPage(office, form, cases)


_ASKED = (
    ("first_on", "on"),
    ("last_on", "on"),
    ("most_minutes", "minutes"),
    ("language", "language"),
)


def _known(request: SignedIn, office: Office) -> dict[str, Any]:
    telephone = office.telephones.order_by("pk").first()
    given = {name: request.GET[source] for name, source in _ASKED if request.GET.get(source)}
    number = telephone.number if telephone else ""
    return {"mode": Mode.TELEPHONE, "telephone": number} | given


def _last_day(data: Any, dates: Sequence[date]) -> date:
    """Until when a consent must hold: the last day that was chosen."""
    listed = {on.isoformat(): on for on in dates}
    return listed.get(data["last_on"] if data and "last_on" in data else "", dates[-1])


def _why(refused: waiting.CannotWait) -> str:
    if isinstance(refused, waiting.TooManyWait) and not refused.most:
        return _("The sharing rule of today has no waiting list.")
    if isinstance(refused, waiting.TooManyWait):
        return _(
            "Your office waits for %(most)s things already. Withdraw one of them to wait for another."
        ) % {"most": refused.most}
    if isinstance(refused, opening.NotNow):
        return _("Wishes for that day are not collected at this moment.")
    if isinstance(refused, waiting.TooManyFiled):
        return _("You have put too many requests on the list since yesterday. Try again tomorrow.")
    return _("None of these days has hours on offer. Choose other days.")


def busy() -> str:
    """The day was locked by others for too long."""
    return _(
        "Many offices are booking that day at this moment. Press the button again in a moment."
    )
