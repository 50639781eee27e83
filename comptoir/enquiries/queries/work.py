"""What an agent has before them: in hand, on hold, answered today, and what waits for them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db.models import Exists, OuterRef, Prefetch

from comptoir.enquiries.models import Agent, Clock, Enquiry, Line, Pause, Promise, State
from comptoir.enquiries.queries import places, waiting
from comptoir.people.models import Language, Person
from comptoir.ui import clock

ANSWERED_SHOWN = 20


@dataclass(frozen=True, slots=True)
class Due:
    """When something is owed next, and how that stands at a moment."""

    at: datetime
    promise: Promise
    is_paused: bool
    is_late: bool
    is_today: bool


@dataclass(frozen=True, slots=True)
class Row:
    """One enquiry of a list with what is owed next; None when nothing is."""

    enquiry: Enquiry
    due: Due | None


@dataclass(frozen=True, slots=True)
class Waiting:
    """How many wait on one line in one language, counted up to one more than `places.COUNTED`."""

    line: Line
    language: str
    count: int

    @property
    def is_more(self) -> bool:
        """Whether there are more than were counted."""
        return self.count > places.COUNTED


def running_clocks() -> Prefetch[str]:
    """The running clocks of many enquiries, whether each is paused, as `clocks_running`."""
    paused = Exists(Pause.objects.filter(clock=OuterRef("pk"), ends_at=None))
    found = Clock.objects.running().annotate(is_paused=paused).order_by("due_at", "pk")
    return Prefetch("clocks", queryset=found, to_attr="clocks_running")


def rows(found: Iterable[Enquiry], now: datetime) -> list[Row]:
    """The enquiries, each prefetched with `running_clocks`, with their due dates."""
    return [Row(enquiry, _due(enquiry, now)) for enquiry in found]


def _due(enquiry: Enquiry, now: datetime) -> Due | None:
    running: Sequence[Clock] = enquiry.clocks_running  # type: ignore[attr-defined]  # prefetched
    if not running:
        return None
    first = running[0]
    is_paused: bool = first.is_paused  # type: ignore[attr-defined]  # annotated
    today = clock.service_date(first.due_at) == clock.service_date(now)
    return Due(
        first.due_at,
        Promise(first.promise),
        is_paused,
        is_late=not is_paused and first.due_at < now,
        is_today=not is_paused and today,
    )


def of_agent(person: Person, state: State, now: datetime) -> list[Row]:
    """What the person has in that state, in the order of work: two queries.

    Bounded by how many an agent may have in hand.
    """
    found = (
        Enquiry.objects.unrestricted()
        .filter(assignee=person, state=state)
        .select_related("line", "office")
        .prefetch_related(running_clocks())
        .in_order()
    )
    return rows(found[:200], now)


def next_in_hand(person: Person) -> Enquiry | None:
    """What the person works on after the one that is done."""
    found = Enquiry.objects.unrestricted().filter(assignee=person, state=State.IN_HAND)
    return found.in_order().first()


def answered_today(person: Person, now: datetime) -> list[Enquiry]:
    """What the person answered since midnight, the last first."""
    since = clock.midnight(clock.service_date(now), clock.service_zone())
    found = Enquiry.objects.unrestricted().filter(assignee=person, answered_at__gte=since)
    return list(found.select_related("line").order_by("-answered_at")[:ANSWERED_SHOWN])


def waiting_for(agent: Agent, now: datetime) -> list[Waiting]:
    """How many wait for somebody like the agent, by line and language: two queries."""
    kinds = [
        (line, language)
        for line in Line.objects.open_at(now).filter(agents=agent).order_by("code")
        for language in Language.values
        if language in agent.languages
    ]
    waits = waiting.for_agent(agent, now).values_list("line", "language")
    each = [waits.filter(line=kind[0], language=kind[1])[: places.COUNTED + 1] for kind in kinds]
    found = Counter(each[0].union(*each[1:], all=True) if each else ())
    return [Waiting(line, language, found[line.pk, language]) for line, language in kinds]
