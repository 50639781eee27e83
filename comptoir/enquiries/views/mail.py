"""Mail that was set aside: the list with what became of all mail, one of them, and the two decisions."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_POST

from comptoir.enquiries import mail_bounds, mail_reading
from comptoir.enquiries.actions import setting_aside
from comptoir.enquiries.actions.setting_aside import Refusal
from comptoir.enquiries.forms.mail import RefuseForm, TakeInForm
from comptoir.enquiries.models import SET_ASIDE, Decision, Enquiry, InboundMail
from comptoir.enquiries.permissions import enquiries_for, get_mail_for, mails_for
from comptoir.enquiries.queries import mail as queries
from comptoir.enquiries.queries import places
from comptoir.enquiries.views import paging
from comptoir.people.models import Role
from comptoir.people.permissions import SignedIn, allow
from comptoir.ui import clock

PER_PAGE = 25
DAYS = 14
HEADER_SHOWN = 4_000
TEXT_SHOWN = 20_000
"""Characters of a mail that a page shows; the rest is in the original."""

REASONS: dict[str, Promise] = {
    "stranger_by_token": gettext_lazy("Names an enquiry in which its sender takes no part"),
    "stranger_by_references": gettext_lazy("Names an enquiry in which its sender takes no part"),
    "no_open_line": gettext_lazy("No open line has this mailbox"),
    "unreadable": gettext_lazy("Could not be read"),
    "no_sender": gettext_lazy("Has no sender to whom one could write"),
}

REFUSALS: dict[type[setting_aside.CannotDecide], Promise] = {
    setting_aside.DecidedAlready: gettext_lazy(
        "Somebody decided about this mail meanwhile. Look at the list."
    ),
    setting_aside.NoOpenLine: gettext_lazy(
        "No line takes this mail by itself any more. Open it again and choose a line."
    ),
    setting_aside.LineNotOpen: gettext_lazy("This line is not open. Choose another."),
    setting_aside.NothingPromised: gettext_lazy(
        "The line has no service target yet. Set one, then take the mail in."
    ),
}

COLUMNS: tuple[tuple[Promise, tuple[Decision, ...]], ...] = (
    (gettext_lazy("New enquiry"), (Decision.NEW,)),
    (gettext_lazy("Put with its enquiry"), (Decision.JOINED,)),
    (gettext_lazy("Set aside"), SET_ASIDE),
    (gettext_lazy("Could not be delivered"), (Decision.BOUNCE,)),
    (
        gettext_lazy("Automatic"),
        (Decision.AUTO_REPLY, Decision.LOOP, Decision.OWN, Decision.LIST),
    ),
    (gettext_lazy("Sent to two mailboxes"), (Decision.DUPLICATE,)),
    (pgettext_lazy("mail", "Refused"), (Decision.REFUSED,)),
    (gettext_lazy("Not looked at yet"), (Decision.PENDING,)),
    (gettext_lazy("All"), tuple(Decision)),
)
"""The columns of the table of days, and the decisions that each counts."""


@dataclass(frozen=True, slots=True)
class Day:
    """What came on a day: the heading and the count of each column."""

    on: date
    cells: list[tuple[Promise, int]]


@require_GET
@allow(Role.TEAM_LEAD)
def set_aside(request: SignedIn) -> HttpResponse:
    """What waits for a decision, the oldest first, and what became of all mail of two weeks."""
    waiting = mails_for(request.standing).set_aside().defer("original")
    after = request.GET.get("after", "")
    shown, following = places.page(waiting, "received_at", after, PER_PAGE)
    context = {
        "rows": [(mail, reason_of(mail)) for mail in shown],
        "days": _days(clock.service_date(request.now)),
        **paging.ways_on(request, following),
    }
    return render(request, "enquiries/mails.html", context)


def reason_of(mail: InboundMail) -> str:
    """Why it was set aside, in words."""
    return str(REASONS.get(mail.reason) or _("Could not be processed"))


def _days(today: date) -> list[Day]:
    return [
        Day(
            on,
            [(head, sum(found.get(each, 0) for each in counted)) for head, counted in COLUMNS],
        )
        for on, found in queries.counts_by_day(today - timedelta(days=DAYS - 1), today).items()
    ]


@require_GET
@never_cache
@allow(Role.TEAM_LEAD)
def one(request: SignedIn, key: int) -> HttpResponse:
    """One mail as plain text: nothing of it is rendered, fetched or followed."""
    mail = get_mail_for(request.standing, key)
    setting_aside.opened(mail=mail, by=request.standing.person, now=request.now)
    return _shown(request, mail, TakeInForm(mail=mail, now=request.now), RefuseForm())


def _shown(
    request: SignedIn,
    mail: InboundMail,
    take_in: TakeInForm,
    refuse: RefuseForm,
    status: int = 200,
) -> HttpResponse:
    original = bytes(mail.original)
    read = mail_reading.read(original)
    end = mail_bounds.END_OF_HEADERS.search(original)
    header = original[: end.start() if end else None][: 4 * HEADER_SHOWN]
    context = {
        "mail": mail,
        "reason": reason_of(mail),
        "named": _visible(request, mail),
        "refusal": Refusal(mail.reason).label if mail.decision == Decision.REFUSED else "",
        "is_open": mail.decision in SET_ASIDE,
        "header": mail_bounds.plain(header.decode("utf-8", "replace"))[:HEADER_SHOWN],
        "text": read.text[:TEXT_SHOWN],
        "is_cut": len(read.text) > TEXT_SHOWN,
        "take_in": take_in,
        "form": refuse,
    }
    return render(request, "enquiries/mail.html", context, status=status)


@require_POST
@allow(Role.TEAM_LEAD)
def take_in(request: SignedIn, key: int) -> HttpResponse:
    """Make a new enquiry of it, on a line that is chosen if none takes it by itself."""
    mail = get_mail_for(request.standing, key)
    form = TakeInForm(request.POST, mail=mail, now=request.now)
    if not form.is_valid() and mail.decision in SET_ASIDE:
        return _shown(request, mail, form, RefuseForm(), status=422)
    try:
        taken = setting_aside.take_in(
            mail=mail,
            by=request.standing.person,
            now=request.now,
            line=form.cleaned_data.get("line"),
        )
    except setting_aside.CannotDecide as refusal:
        messages.error(request, str(REFUSALS[type(refusal)]))
        return redirect("enquiries:mails")
    visible = _visible(request, taken)
    if visible is None:
        done = _("The mail was taken in.")
    else:
        done = _("The mail is now the enquiry %(reference)s.") % {"reference": visible.reference}
    messages.success(request, done)
    return redirect("enquiries:mails")


def _visible(request: SignedIn, mail: InboundMail) -> Enquiry | None:
    """The enquiry that a mail names or was put with; None also if it is restricted."""
    return enquiries_for(request.standing).filter(pk=mail.enquiry_id or 0).first()


@require_POST
@allow(Role.TEAM_LEAD)
def refuse(request: SignedIn, key: int) -> HttpResponse:
    """Leave it unanswered, for a reason."""
    mail = get_mail_for(request.standing, key)
    form = RefuseForm(request.POST)
    if not form.is_valid():
        take_in = TakeInForm(mail=mail, now=request.now)
        return _shown(request, mail, take_in, form, status=422)
    try:
        setting_aside.refuse(
            mail=mail,
            why=Refusal(form.cleaned_data["why"]),
            by=request.standing.person,
            now=request.now,
        )
    except setting_aside.CannotDecide as refusal:
        messages.error(request, str(REFUSALS[type(refusal)]))
        return redirect("enquiries:mails")
    messages.success(request, _("The mail stays unanswered, and the reason is on record."))
    return redirect("enquiries:mails")
