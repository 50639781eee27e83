"""Crisis lines: which are open, what each one's figures are, and what happened on it.

received      enquiries that lie on the line: those sent on as unrelated, those that became part of another
              and those that are restricted are not among them
answered      of the received, those that are answered now
ended         of the received, those that ended with their drill: nobody answered them
waiting       of the received, those that no agent has taken
late          of the received, those that wait or are in hand past a promise
oldest        since when the one that waits longest waits
answer rate   answered of the received, in percent; nothing before the first
sent on       enquiries that had nothing to do with the crisis and went to the public line

A drill has figures of its own on its own page, and is in no other figure.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

from django.db.models import Count, Exists, Min, OuterRef, Q, QuerySet, Sum, Value

from comptoir.enquiries.models import (
    Clock,
    CrisisEvent,
    CrisisHappening,
    CrisisLine,
    Enquiry,
    Line,
    LineKind,
    Loan,
    Pause,
    State,
    TextVersion,
)
from comptoir.enquiries.queries import drills
from comptoir.people.models import Grant, Language, Person, Role, sort_key
from comptoir.ui import clock

MOST = 500
"""Lines, loans and events that a page shows."""


@dataclass(frozen=True, slots=True)
class OfLanguage:
    """What was received and answered in one language."""

    code: str
    language: str
    received: int
    answered: int


@dataclass(frozen=True, slots=True)
class Figures:
    """A crisis line's own figures; each is defined above."""

    received: int
    answered: int
    ended: int
    waiting: int
    late: int
    oldest: datetime | None
    sent_on: int
    on_loan: int
    languages: tuple[OfLanguage, ...]

    @property
    def answer_rate(self) -> float | None:
        """Answered of the received, in percent."""
        return 100 * self.answered / self.received if self.received else None


@dataclass(frozen=True, slots=True)
class Tile:
    """A line, its figures, and what to say of its sunset."""

    crisis: CrisisLine
    figures: Figures
    ends_soon: bool
    is_past_sunset: bool


def of_line(line: Line) -> CrisisLine | None:
    """What a line has as a crisis line."""
    return CrisisLine.objects.select_related("line").filter(line=line).first()


def texts_in_use(at: datetime) -> dict[str, str]:
    """The titles of the texts that agents may send, in the language of the page, by their codes."""
    found = TextVersion.objects.in_use(at)
    titles = {version.text.code: version.title for version in found}
    return dict(sorted(titles.items(), key=lambda text: (sort_key(text[1]), text[0])))


def public_line(at: datetime) -> Line | None:
    """The line for everybody."""
    open_lines = Line.objects.open_at(at).counted().filter(kind=LineKind.GENERAL)
    return open_lines.order_by("pk").first()


def told_to_the_public(at: datetime) -> list[CrisisLine]:
    """The crisis lines that the public form tells of: never a drill. One query."""
    found = CrisisLine.objects.open().filter(line__opened_at__lte=at, line__is_drill=False)
    return list(found.select_related("line").order_by("pk")[:MOST])


def tiles(at: datetime) -> list[Tile]:
    """Every open crisis line with its figures, the real ones first. A handful are open at a time."""
    found = CrisisLine.objects.open().select_related("line", "template")
    return [tile(each, at) for each in found.order_by("line__is_drill", "-pk")[:MOST]]


def tile(crisis: CrisisLine, at: datetime) -> Tile:
    """One line with its figures."""
    today = clock.service_date(at)
    return Tile(crisis, figures(crisis, at), crisis.ends_soon(today), crisis.is_past_sunset(today))


def closed() -> QuerySet[CrisisLine]:
    """The lines that are closed, the last first."""
    found = CrisisLine.objects.exclude(closed_at=None).select_related("line", "closed_by")
    return found.order_by("-closed_at", "-pk")


def figures(crisis: CrisisLine, at: datetime) -> Figures:
    """The figures as they are now. Three queries."""
    paused = Pause.objects.filter(clock=OuterRef("pk"), ends_at=None)
    running = Clock.objects.running().filter(enquiry=OuterRef("pk"), due_at__lt=at)
    late = Exists(running.exclude(Exists(paused)))
    ended = drills.ended() if crisis.line.is_drill else Value(value=False)
    rows = Enquiry.objects.unrestricted().filter(line=crisis.line_id).exclude(state=State.JOINED)
    found = list(
        rows.values("language")
        .annotate(
            received=Count("pk"),
            answered=Count("pk", filter=Q(state=State.ANSWERED) & ~Q(ended)),
            ended=Count("pk", filter=Q(state=State.ANSWERED) & Q(ended)),
            waiting=Count("pk", filter=Q(state=State.WAITING)),
            late=Count("pk", filter=Q(state__in=(State.WAITING, State.IN_HAND)) & Q(late)),
            oldest=Min("received_at", filter=Q(state=State.WAITING)),
        )
        .order_by("language")
    )
    events = crisis.events.filter(kind=CrisisHappening.SENT_ON)
    names = dict(Language.choices)
    return Figures(
        received=sum(row["received"] for row in found),
        answered=sum(row["answered"] for row in found),
        ended=sum(row["ended"] for row in found),
        waiting=sum(row["waiting"] for row in found),
        late=sum(row["late"] for row in found),
        oldest=min((row["oldest"] for row in found if row["oldest"]), default=None),
        sent_on=events.aggregate(all=Sum("items"))["all"] or 0,
        on_loan=crisis.loans.running().count(),
        languages=tuple(
            OfLanguage(
                row["language"], str(names[row["language"]]), row["received"], row["answered"]
            )
            for row in found
        ),
    )


def timeline(crisis: CrisisLine) -> list[CrisisEvent]:
    """What happened on the line, in order; of enquiries sent on only the figures tell."""
    found = crisis.events.exclude(kind=CrisisHappening.SENT_ON).select_related("by", "person")
    return list(found.order_by("at", "pk")[:MOST])


def loans(crisis: CrisisLine) -> list[Loan]:
    """Everybody who was lent to the line, those who are there first."""
    found = crisis.loans.select_related("person")
    return list(found.order_by("returned_at", "person__sort_name", "pk")[:MOST])


def to_warn(today: date) -> list[CrisisLine]:
    """The open lines whose sunset is near or over."""
    found = CrisisLine.objects.open().select_related("line").order_by("pk")[:MOST]
    return [crisis for crisis in found if crisis.ends_soon(today)]


def people_to_lend(at: datetime) -> QuerySet[Person]:
    """Who can be lent: everybody who holds the role of an agent."""
    held = Grant.objects.in_force(at).filter(role=Role.AGENT)
    return Person.objects.filter(pk__in=held.values("person")).order_by("sort_name", "pk")
