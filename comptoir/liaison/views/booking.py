"""An office looks for a time, has it kept for some minutes, brings its cases, and books."""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from http import HTTPStatus
from math import ceil
from typing import Any
from urllib.parse import urlencode

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from comptoir.domain.service_day import Refused
from comptoir.liaison.actions import booking, holding, locking, searching
from comptoir.liaison.actions.booking import Wish
from comptoir.liaison.forms.booking import CaseRows, MeetingForm, TimesForm, WishForm
from comptoir.liaison.models import Appointment, Hold, Mode
from comptoir.liaison.queries import days, explanations, times, waiting
from comptoir.liaison.queries.calendar import calendar
from comptoir.people import lock
from comptoir.people.models import Office, Role
from comptoir.people.permissions import SignedIn, allow, get_office_for, while_locked
from comptoir.ui import clock
from comptoir.ui.forms import without_errors
from comptoir.ui.seeds import new_seed
from comptoir.ui.times import moment

SOONEST = 6
NEAREST = 3


@require_GET
@allow(Role.DELEGATE, Role.OFFICE_MANAGER)
def list_times(request: SignedIn, office_ref: str) -> HttpResponse:
    """The true times for a length and a language: the soonest, then day by day, or as a calendar."""
    office = get_office_for(request.standing, office_ref)
    rules = days.load_rules().of(office.pk)
    form = TimesForm(request.GET, rule=rules.on(clock.service_date(request.now)), office=office)
    found: list[times.DayTimes] = []
    refusal = None
    beside: frozenset[datetime] = frozenset()
    if form.is_valid():
        minutes, language = form.cleaned_data["minutes"], form.cleaned_data["language"]
        found = times.find_times(
            office=office, minutes=minutes, language=language, rules=rules, now=request.now
        )
        searching.note_look(
            office=office, minutes=minutes, language=language, found=found, now=request.now
        )
        refusal = times.main_refusal(found)
        beside = times.beside_own(found, office=office, minutes=minutes, now=request.now)
    listed = explanations.for_days(found)
    context = {
        "office": office,
        "form": form,
        "days": listed,
        "soonest": times.soonest(found, SOONEST),
        "beside": beside,
        "total": sum(len(day.starts) for day in found),
        "refusal": refusal and explanations.explain(refusal.reason, refusal.counters),
        "instead": times.soonest_instead(found),
        "as_calendar": request.GET.get("view") == "calendar",
        "calendar": calendar(listed) if request.GET.get("view") == "calendar" else None,
        "query": urlencode({k: v for k, v in request.GET.items() if k != "view"}),
        "wait_query": _wait_query(form) if waiting.has_list(rules, request.now) else "",
    }
    return render(request, "liaison/office_times.html", context)


@require_POST
@allow(Role.DELEGATE, Role.OFFICE_MANAGER)
def hold(request: SignedIn, office_ref: str) -> HttpResponse:
    """Keep the chosen time while the office types, then show the form."""
    office = get_office_for(request.standing, office_ref)
    rule = _rule_today(office, request.now)
    form = WishForm(_with_choice(request.POST), rule=rule, office=office)
    if not form.is_valid():
        messages.error(request, _("Choose one of the times on the page."))
        return redirect("liaison:times", office_ref=office.reference)
    chosen = form.cleaned_data
    query = _query(chosen["start"], chosen["minutes"], chosen["language"])
    wish = Wish(chosen["start"], chosen["minutes"], chosen["language"], Mode.TELEPHONE)
    before = Hold.objects.filter(office=office, expires_at__gt=request.now).first()
    try:
        kept = holding.hold_time(
            office=office, wish=wish, by=request.user, now=request.now, seed=new_seed()
        )
    except locking.DayBusy:
        kept = None
    if isinstance(kept, Refused):
        words = explanations.explain(kept.reason, kept.counters)
        messages.warning(request, f"{words.sentence} {words.next_step}")
        return redirect(f"{reverse('liaison:times', args=[office.reference])}?{query}")
    if kept is not None and before is not None and before.starts_at != kept.starts_at:
        gone = _("An office keeps only one time: %(before)s is no longer kept for yours.")
        messages.info(request, gone % {"before": moment(before.starts_at)})
    return redirect(f"{reverse('liaison:book', args=[office.reference])}?{query}")


@require_http_methods(["GET", "POST"])
@allow(Role.DELEGATE, Role.OFFICE_MANAGER)
def book(request: SignedIn, office_ref: str) -> HttpResponse:
    """Everything about the appointment on one page; a refusal keeps all that was typed."""
    office = get_office_for(request.standing, office_ref)
    page = _page(request, office)
    if page is None:
        return redirect("liaison:times", office_ref=office.reference)
    if request.method == "GET":
        page.look(request.now)
        return render(request, "liaison/office_book.html", page.context(request.now))
    if not page.is_complete():
        # A row more or less is no mistake.
        status = 200 if page.cases.rows_changed else 422
        return render(request, "liaison/office_book.html", page.context(request.now), status=status)
    try:
        appointment = booking.book_appointment(
            office=office,
            wish=page.wish(),
            cases=page.cases.cases(),
            by=request.user,
            now=request.now,
            seed=new_seed(),
            attempt=page.attempt,
            rules=page.rules,
        )
    except booking.NotAdmitted as refused:
        page.refuse(explanations.of(refused.decision), refused.decision.counters, request.now)
        return render(request, "liaison/office_book.html", page.context(request.now), status=422)
    except booking.BookedAnother as earlier:
        page.begin_anew(earlier.appointment)
        return render(request, "liaison/office_book.html", page.context(request.now), status=422)
    except locking.DayBusy:
        page.busy = True
        return render(request, "liaison/office_book.html", page.context(request.now), status=503)
    messages.success(request, _("Your appointment is booked."))
    return redirect("liaison:appointment", reference=appointment.reference)


@while_locked
@require_GET
@allow(Role.DELEGATE, Role.OFFICE_MANAGER)
def kept(request: SignedIn, office_ref: str) -> HttpResponse:
    """What has become of the time that an open form is for; its script asks when the keeping ends.

    Nobody pressed anything, so this is no sign of life, and a locked session hears nothing.
    """
    office = get_office_for(request.standing, office_ref)
    page = None if lock.is_locked(request.session, request.now) else _page(request, office)
    if page is None:
        return HttpResponse(status=HTTPStatus.NO_CONTENT)
    page.look(request.now)
    return render(request, "liaison/parts/kept.html", page.context(request.now))


@require_POST
@allow(Role.DELEGATE, Role.OFFICE_MANAGER)
def release(request: SignedIn, office_ref: str) -> HttpResponse:
    """Let the kept time go and look at other times."""
    office = get_office_for(request.standing, office_ref)
    holding.release_hold(office=office)
    return redirect("liaison:times", office_ref=office.reference)


@dataclass
class _BookingPage:
    """One booking form as it stands: what was chosen, typed, refused."""

    office: Office
    start: datetime
    minutes: int
    language: str
    meeting: MeetingForm
    cases: CaseRows
    attempt: uuid.UUID
    rules: days.Rules
    was_kept: bool = False
    busy: bool = False
    earlier: Appointment | None = None
    refusal: explanations.Explanation | None = None
    alternatives: list[datetime] | None = None
    instead: times.Instead | None = None

    def is_complete(self) -> bool:
        """Whether it was submitted (not just a row added) and everything is in order."""
        if self.cases.rows_changed:
            self.meeting = without_errors(self.meeting)
            return False
        # Both are asked, so that every error shows at once.
        return all([self.cases.is_valid(), self.meeting.is_valid()])

    def look(self, now: datetime) -> None:
        """Ask whether the time can be booked at all, before anybody types for it in vain."""
        on = clock.service_date(self.start)
        loaded = days.load_days(dates=[on], office=self.office, rules=self.rules, now=now)[on]
        wish = Wish(self.start, self.minutes, self.language, Mode.TELEPHONE)
        answer = booking.ask(loaded, office=self.office, wish=wish, now=now, seed=0)
        if isinstance(answer, Refused):
            words = explanations.explain(answer.reason, answer.counters)
            self.refuse(words, answer.counters, now)

    def begin_anew(self, earlier: Appointment) -> None:
        """The form had led to another appointment already: say which, and let it be sent as a new one."""
        self.earlier, self.attempt = earlier, uuid.uuid4()

    def wish(self) -> Wish:
        """What to ask for; only the way of meeting that was chosen counts."""
        typed = self.meeting.cleaned_data
        by_telephone = typed["mode"] == Mode.TELEPHONE
        return Wish(
            self.start,
            self.minutes,
            self.language,
            typed["mode"],
            telephone=typed["telephone"] if by_telephone else "",
            video_link="" if by_telephone else typed["video_link"],
        )

    def refuse(
        self, words: explanations.Explanation, counters: Mapping[str, int], now: datetime
    ) -> None:
        """Show why, the nearest times that would be granted now, and the office's own floor if offered."""
        self.refusal = words
        found = times.find_times(
            office=self.office,
            minutes=self.minutes,
            language=self.language,
            rules=self.rules,
            now=now,
        )
        self.alternatives = times.nearest(found, self.start, NEAREST)
        if floor := counters.get("instead"):
            self.instead = times.nearest_instead(
                office=self.office,
                floor=floor,
                language=self.language,
                wanted=self.start,
                rules=self.rules,
                now=now,
            )

    def context(self, now: datetime) -> dict[str, Any]:
        """What the template shows."""
        hold = Hold.objects.filter(office=self.office, expires_at__gt=now).first()
        held = hold if hold is not None and hold.starts_at == self.start else None
        return {
            "office": self.office,
            "start": self.start,
            "end": self.start + timedelta(minutes=self.minutes),
            "minutes": self.minutes,
            "language": self.language,
            "meeting": self.meeting,
            "cases": self.cases,
            "attempt": self.attempt,
            "busy": self.busy,
            "earlier": self.earlier,
            "refusal": self.refusal,
            "alternatives": self.alternatives,
            "instead": self.instead,
            "held": held,
            "seconds_held": held and ceil((held.expires_at - now).total_seconds()),
            "holds_another": hold is not None and held is None,
            "was_kept": self.was_kept,
            "waits_for": waiting.has_list(self.rules, now) and clock.service_date(self.start),
            # Nobody has typed anything that an empty form would have to keep.
            "unopened": self.refusal is not None and not self.meeting.is_bound,
        }


def _page(request: SignedIn, office: Office) -> _BookingPage | None:
    """The page for what the request names; None if it names no time that could be booked."""
    # After an unlock the page is asked for again with what was typed: bound, and nothing is booked.
    data = request.POST or None
    source = data if data is not None else request.GET
    rules = days.load_rules().of(office.pk)
    today = rules.on(clock.service_date(request.now))
    chosen = WishForm(_with_choice(source), rule=today, office=office)
    if not chosen.is_valid():
        return None
    start: datetime = chosen.cleaned_data["start"]
    policy = rules.policy(clock.service_date(start))
    cases = CaseRows(
        data,
        most=policy.most_case_lines if policy is not None else 1,
        prefix="cases",
        form_kwargs={
            "office": office,
            "meeting_on": clock.service_date(start),
            "today": clock.service_date(request.now),
        },
    )
    return _BookingPage(
        office=office,
        start=start,
        minutes=chosen.cleaned_data["minutes"],
        language=chosen.cleaned_data["language"],
        meeting=MeetingForm(data, initial=None if data is not None else _meeting_initial(office)),
        cases=cases,
        attempt=_attempt(source),
        rules=rules,
        was_kept=bool(source.get("kept")),
    )


def _with_choice(source: Any) -> dict[str, Any]:
    """The query, with the start of the alternative that was taken, or the floor that was taken instead."""
    values = {key: source[key] for key in source}
    if source.get("take"):
        values["start"] = source["take"]
    if source.get("instead"):
        values["start"], _slash, values["minutes"] = source["instead"].partition("/")
    return values


def _meeting_initial(office: Office) -> dict[str, Any]:
    telephone = office.telephones.order_by("pk").first()
    return {"mode": Mode.TELEPHONE, "telephone": telephone.number if telephone else ""}


def _attempt(source: Any) -> uuid.UUID:
    """One per form shown: pressing the button twice books once."""
    try:
        return uuid.UUID(source.get("attempt", ""))
    except ValueError:
        return uuid.uuid4()


def _rule_today(office: Office, now: datetime) -> Any:
    return days.load_rules().of(office.pk).on(clock.service_date(now))


def _wait_query(form: TimesForm) -> str:
    return urlencode({name: form[name].value() for name in ("minutes", "language")})


def _query(start: datetime, minutes: int, language: str) -> str:
    return urlencode(
        {"start": start.strftime("%Y-%m-%dT%H:%MZ"), "minutes": minutes, "language": language}
    )
