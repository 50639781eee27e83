"""A day of the single window: enquiries come in, agents pull and close them, all at once.

Who asks comes in at the moments of a plan, whether the centre keeps up or not. An agent is a thread that
pulls a batch, answers it one by one after a while of thinking, and looks again when nothing waits. What
is sent once more, as by a second click, must be refused. A probe changes one row meanwhile: what the
least write takes at the same time on the same machine.
"""

from __future__ import annotations

import threading
import time
from collections import defaultdict
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass, field
from functools import partial
from random import Random
from typing import Any

from django.db import connection

from comptoir.enquiries.actions import answering, changing, receiving, taking
from comptoir.enquiries.actions.receiving import About, Asker
from comptoir.enquiries.models import (
    Agent,
    AskerKind,
    Channel,
    Enquiry,
    Line,
    Tier,
    Topic,
    TriageVersion,
)
from comptoir.enquiries.queries import work
from comptoir.people.models import Office
from comptoir.roster.models import LineOfBusiness
from comptoir.ui import clock
from tests.enquiries.factories import OFFICES, PUBLIC, agent, line_of
from tests.people.factories import LONG_AGO, OfficeFactory

BATCH = 10
"""What the button of the agent's page offers."""

LOOK_AGAIN = 5.0
"""Seconds until somebody for whom nothing waited looks again."""

TWICE = 20
"""Every so many answers, one is sent a second time."""

RECEIVERS = 3
PROBED_EVERY = 0.1
SKILL = "technical"
QUESTION = {
    "en": "I sent my application some months ago and have heard nothing since. Where does it stand?",
    "fr": "J’ai envoyé ma demande il y a quelques mois et je suis sans nouvelles. Où en est-elle?",
}
ANSWER = {
    "en": "Applications of this kind are processed in the order in which they came in. " * 4,
    "fr": "Les demandes de ce genre sont traitées dans l’ordre de leur réception. " * 4,
}
TOPICS = {Topic.STATUS: 60, Topic.DOCUMENT: 25, Topic.TECHNICAL: 10, Topic.URGENT: 5}


@dataclass(frozen=True, slots=True)
class Plan:
    """What one process does: its agents, when somebody asks, in seconds since `start`, and until when."""

    agents: list[int]
    arrivals: list[float]
    start: float
    seconds: float
    think: tuple[float, float]
    seed: int = 1


@dataclass(frozen=True, slots=True)
class Take:
    """One pull that gave something: by whom, from when to when, and what."""

    agent: int
    began: float
    ended: float
    keys: list[int]


@dataclass
class Done:
    """What one process did. `seconds` are of each kind of step, the wait for a connection included."""

    received: dict[int, float] = field(default_factory=dict)
    takes: list[Take] = field(default_factory=list)
    answered: list[int] = field(default_factory=list)
    seconds: dict[str, list[float]] = field(default_factory=lambda: defaultdict(list))
    refused_twice: int = 0
    faults: list[str] = field(default_factory=list)
    behind: float = 0.0

    def as_json(self) -> dict[str, Any]:
        """For another process."""
        return {**vars(self), "takes": [asdict(take) for take in self.takes]}

    @classmethod
    def of_json(cls, read: dict[str, Any]) -> Done:
        """From another process."""
        read["received"] = {int(key): at for key, at in read["received"].items()}
        read["takes"] = [Take(**take) for take in read["takes"]]
        return cls(**read)

    def add(self, other: Done) -> None:
        """What another process did on the same day."""
        self.received |= other.received
        self.takes += other.takes
        self.answered += other.answered
        self.refused_twice += other.refused_twice
        self.faults += other.faults
        self.behind = max(self.behind, other.behind)
        for kind, seconds in other.seconds.items():
            self.seconds[kind] = [*self.seconds.get(kind, []), *seconds]


def build(agents: int) -> list[int]:
    """Two lines, an office, a rule that asks for a skill, and agents of whom no two need be alike.

    One in three writes both languages, one in six French only; one in four has the skill; one in ten
    also answers legislators' offices.
    """
    lines = [line_of(PUBLIC), line_of(OFFICES, "legislators")]
    OfficeFactory.create()
    rules = TriageVersion.objects.begun_by(clock.now()).last()
    skilled = {
        "code": "skill", "name_en": "Technical", "name_fr": "Technique",
        "when": {"topics": [Topic.TECHNICAL]}, "then": {"skills": [SKILL]},
    }  # fmt: skip
    TriageVersion.objects.create(
        number=2, name_en="Working day", name_fr="Jour de travail", valid_from=LONG_AGO.replace(year=2024),
        rules=[*(rules.rules if rules else []), skilled], created_at=LONG_AGO, approved_at=LONG_AGO,
    )  # fmt: skip
    with connection.cursor() as cursor:
        cursor.execute("CREATE TABLE bare_row (id integer PRIMARY KEY, changes integer NOT NULL)")
    return [
        agent(
            languages=["en", "fr"] if n % 3 == 0 else ["fr"] if n % 6 == 1 else ["en"],
            skills=[SKILL] if n % 4 == 0 else [],
            lines=lines if n % 10 == 0 else lines[:1],
        ).pk
        for n in range(agents)
    ]


class Day:
    """One process's part of the day."""

    def __init__(self, plan: Plan) -> None:
        self._plan, self.done = plan, Done()
        self._lock = threading.Lock()
        self._arrivals = iter(plan.arrivals)
        self._lines = {line.code: line for line in Line.objects.all()}
        self._office = Office.objects.order_by("pk").first()

    def run(self) -> Done:
        """Until the day is over and everybody has finished what they were at."""
        agents = Agent.objects.select_related("person").filter(pk__in=self._plan.agents)
        jobs: list[Callable[[Random], None]] = [self._receive_all] * RECEIVERS
        jobs += [partial(self._work, who) for who in agents]
        threads = [
            threading.Thread(target=self._watched, args=(job, Random(self._plan.seed * 1000 + n)))
            for n, job in enumerate([*jobs, self._probe])
        ]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        return self.done

    def _watched(self, job: Callable[[Random], None], rng: Random) -> None:
        try:
            job(rng)
        except Exception as error:
            self.done.faults.append(f"{type(error).__name__}: {error}")
        finally:
            connection.close()

    def _now(self) -> float:
        return time.time() - self._plan.start

    def _wait(self, seconds: float) -> None:
        """So long, and no longer than the day."""
        time.sleep(max(0.0, min(seconds, self._plan.seconds - self._now())))

    @contextmanager
    def _timed(self, kind: str) -> Iterator[None]:
        """Note how long a step takes, with the connection that it gets from the pool and gives back."""
        began = time.perf_counter()
        try:
            yield
        finally:
            connection.close()
            self.done.seconds[kind].append(time.perf_counter() - began)

    def _receive_all(self, rng: Random) -> None:
        while True:
            with self._lock:
                due = next(self._arrivals, None)
            if due is None:
                return
            time.sleep(max(0.0, due - self._now()))
            self.done.behind = max(self.done.behind, self._now() - due)
            with self._timed("receive"):
                key = self._receive(rng)
            self.done.received[key] = self._now()

    def _receive(self, rng: Random) -> int:
        """What the web form does once it is sent."""
        of_office = rng.random() < 0.05
        language = "fr" if rng.random() < 0.25 else "en"
        asker = f"asker{rng.getrandbits(60):015x}@clients.example"
        kind = AskerKind.OFFICE if of_office else AskerKind.CLIENT
        now = clock.now()
        received = receiving.receive(
            line=self._lines[OFFICES if of_office else PUBLIC],
            channel=Channel.WEB_FORM,
            asker=Asker(
                kind=kind,
                email=asker,
                language=language,
                name="Asker",
                office=self._office if of_office else None,
            ),
            about=About(
                topic=rng.choices(list(TOPICS), list(TOPICS.values()))[0],
                line_of_business=LineOfBusiness.FAMILY,
                uci=f"{rng.randrange(10**8):08}",
            ),
            body=QUESTION[language],
            received_at=now,
            now=now,
        )
        return received.enquiry.pk

    def _work(self, who: Agent, rng: Random) -> None:
        least, most = self._plan.think
        self._wait(rng.uniform(0, most))
        while self._now() < self._plan.seconds:
            following = work.next_in_hand(who.person)
            connection.close()
            if following is None:
                if not self._pull(who):
                    self._wait(LOOK_AGAIN)
                continue
            self._wait(rng.uniform(least, most))
            if self._now() < self._plan.seconds:
                self._save(who, following)

    def _pull(self, who: Agent) -> bool:
        began = self._now()
        try:
            with self._timed("pull"):
                taken = taking.take(agent=who, count=BATCH, now=clock.now())
        except taking.NothingToTake:
            return False
        self.done.takes.append(Take(who.pk, began, self._now(), [one.pk for one in taken]))
        return True

    def _save(self, who: Agent, found: Enquiry) -> None:
        with self._timed("save"):
            self._answer(who, found)
        self.done.answered.append(found.pk)
        if len(self.done.answered) % TWICE == 0:
            try:
                self._answer(who, found)
            except changing.CannotChange:
                self.done.refused_twice += 1
            else:
                self.done.faults.append(f"{found} was answered twice")

    def _answer(self, who: Agent, found: Enquiry) -> None:
        answering.answer(
            enquiry=found,
            version=found.version,
            body=ANSWER[found.language],
            language=found.language,
            tier=Tier.GENERAL,
            line_of_business=found.line_of_business,
            is_case_specific=False,
            by=who.person,
            now=clock.now(),
        )

    def _probe(self, rng: Random) -> None:
        row = rng.randrange(10**9)
        with connection.cursor() as cursor:
            cursor.execute("INSERT INTO bare_row VALUES (%s, 0)", [row])
        connection.close()
        while self._now() < self._plan.seconds:
            self._wait(PROBED_EVERY)
            with self._timed("bare"), connection.cursor() as cursor:
                cursor.execute("UPDATE bare_row SET changes = changes + 1 WHERE id = %s", [row])
