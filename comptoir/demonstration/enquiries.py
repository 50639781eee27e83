"""The single window's invented work: agents, and enquiries in every state.

Each is received and put in its place as any other: by the actions and the rules in force. What became of it
since is written beside that, many at a time.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from itertools import combinations, cycle
from random import Random

from comptoir.audit.models import Event, Verb
from comptoir.demonstration import questions
from comptoir.demonstration.names import Namer, address
from comptoir.demonstration.people import CENTRE, Staff
from comptoir.demonstration.questions import Matter
from comptoir.demonstration.scale import Scale
from comptoir.enquiries.actions import contacts, mailboxes, receiving
from comptoir.enquiries.actions.receiving import About, Asker
from comptoir.enquiries.models import (
    Agent,
    AskerKind,
    Channel,
    Clock,
    Direction,
    Enquiry,
    Joining,
    Line,
    LineKind,
    Message,
    Pause,
    Promise,
    State,
    Tag,
    Tier,
)
from comptoir.people.models import Grant, Language, Office, Person, Role, person_named

BY_THEMSELVES = (AskerKind.CLIENT, AskerKind.CLIENT, AskerKind.REPRESENTATIVE)
TAGS = (("fees", "Fees", "Frais"), ("family", "Family", "Famille"), ("travel", "Travel", "Voyage"))
MAILBOXES = {"public": "support@centre.example", "offices": "offices@centre.example"}
STATES = (
    (State.ANSWERED, 45),
    (State.WAITING, 35),
    (State.IN_HAND, 12),
    (State.ON_HOLD, 8),
)
CHANNELS = (Channel.WEB_FORM, Channel.WEB_FORM, Channel.EMAIL)


@dataclass(frozen=True, slots=True)
class Centre:
    """Who answers, and what is asked next: the same for every enquiry."""

    lines: Sequence[Line]
    agents: Sequence[Agent]
    offices: Sequence[Office]
    matters: Mapping[AskerKind, Iterator[Matter]]
    now: datetime


@dataclass(frozen=True, slots=True)
class Made:
    """An enquiry, what it asks, and what is to become of it."""

    enquiry: Enquiry
    matter: Matter
    state: State


def make(
    scale: Scale, staff: Staff, namer: Namer, offices: Sequence[Office], *, now: datetime, seed: int
) -> None:
    """Write agents, tags and enquiries; by a chance of its own, so that nothing else moves."""
    rng = Random(seed + 4)
    _give_mailboxes(staff.team_lead, now)
    lines = list(Line.objects.order_by("code"))
    # Dealt as cards are, so that each is asked however few enquiries there are.
    all_of = {kind: questions.of(kind) for kind in AskerKind}
    matters = {kind: cycle(rng.sample(found, len(found))) for kind, found in all_of.items()}
    centre = Centre(lines, _agents(scale, staff, namer, lines, now), offices, matters, now)
    Tag.objects.bulk_create(Tag(code=code, name_en=en, name_fr=fr) for code, en, fr in TAGS)
    states, weights = [state for state, _ in STATES], [weight for _, weight in STATES]
    wanted = [
        (state, _received_at(now, state, rng))
        for state in rng.choices(states, weights, k=scale.enquiries)
    ]
    made = [
        _received(centre, namer, state, at, rng)
        for state, at in sorted(wanted, key=lambda each: each[1])
    ]
    for each in made:
        _place(each, centre, rng)
    _give_to_cast(made, staff.agent)
    changed = ["state", "assignee", "taken_at", "answered_at", "tier"]
    Enquiry.objects.bulk_update([each.enquiry for each in made], changed)
    _write_texts(made)
    _stop_clocks(made)
    _write_trail(made)
    _join(made)


def _give_mailboxes(by: Person, now: datetime) -> None:
    """Each shipped line takes mail, as a team lead has arranged it."""
    for code, mailbox in MAILBOXES.items():
        mailboxes.give(line=Line.objects.get(code=code), mailbox=mailbox, by=by, now=now)


def _agents(
    scale: Scale, staff: Staff, namer: Namer, lines: Sequence[Line], now: datetime
) -> list[Agent]:
    """The cast's agent writes both languages; of the others two in three write English only."""
    since = now - timedelta(days=200)
    languages = [Language.FRENCH if n % 3 == 0 else Language.ENGLISH for n in range(scale.agents)]
    names = [(namer.name(language), language) for language in languages]
    people = [
        person_named(
            name=name,
            email=address(name, CENTRE),
            language=language,
            time_zone="America/Montreal",
            created_at=since,
        )
        for name, language in names
    ]
    Person.objects.bulk_create(people)
    Grant.objects.bulk_create(
        Grant(person=each, role=Role.AGENT, starts_at=since, granted_by=staff.administrator)
        for each in people
    )
    agents = [Agent(person=staff.agent, languages=["en", "fr"], skills=[])]
    agents += [
        Agent(person=each, languages=["en", "fr"] if each.language == "fr" else ["en"], skills=[])
        for each in people
    ]
    Agent.objects.bulk_create(agents)
    for agent in agents:
        agent.lines.set(lines)
    return agents


def _received_at(now: datetime, state: State, rng: Random) -> datetime:
    """Within two weeks for what is answered; of the last days for what is not, but for one in eight."""
    for_one_not_answered = 24 if rng.random() < 1 / 8 else 3
    days = 14 if state == State.ANSWERED else for_one_not_answered
    return now - timedelta(minutes=rng.randrange(30, 60 * 24 * days))


def _received(centre: Centre, namer: Namer, state: State, at: datetime, rng: Random) -> Made:
    """One that was received then, by the action that receives every other."""
    language = Language.FRENCH if rng.random() < 0.3 else Language.ENGLISH
    line = rng.choice(centre.lines)
    kind = AskerKind.OFFICE if line.kind == LineKind.LEGISLATORS else rng.choice(BY_THEMSELVES)
    matter = next(centre.matters[kind])
    name = namer.name(language)
    asker = Asker(
        kind=kind,
        email=address(name, "clients"),
        language=language,
        name=name,
        office=rng.choice(centre.offices) if kind == AskerKind.OFFICE else None,
    )
    received = receiving.receive(
        line=line,
        channel=rng.choice(CHANNELS),
        asker=asker,
        about=_about(matter, name if kind == AskerKind.CLIENT else namer.name(language), rng),
        body=matter.asked(language),
        received_at=at,
        now=at,
        acknowledge=False,
    )
    return Made(received.enquiry, matter, state)


def _about(matter: Matter, applicant: str, rng: Random) -> About:
    return About(
        topic=matter.topic,
        line_of_business=matter.line,
        applicant_name=applicant,
        applicant_born_on=date(1950, 1, 1) + timedelta(days=rng.randrange(50 * 365)),
        uci=f"11{rng.randrange(10**8):08}" if rng.random() < 0.6 else "",
        application_number=f"C{rng.randrange(10**8, 10**9)}" if rng.random() < 0.7 else "",
    )


def _place(made: Made, centre: Centre, rng: Random) -> None:
    """Whose it is, and since when."""
    enquiry = made.enquiry
    enquiry.state = made.state
    if made.state == State.WAITING:
        return
    able = [agent for agent in centre.agents if enquiry.language in agent.languages]
    enquiry.assignee = rng.choice(able).person
    age = centre.now - enquiry.received_at
    enquiry.taken_at = enquiry.received_at + age * 0.5
    if made.state == State.ANSWERED:
        enquiry.answered_at = enquiry.received_at + age * 0.8
        enquiry.tier = rng.choice(Tier.values)


def _give_to_cast(made: Sequence[Made], agent: Person) -> None:
    """Something is in hand for whoever signs in: the first few."""
    for each in [each for each in made if each.state == State.IN_HAND][:4]:
        each.enquiry.assignee = agent


def _write_texts(made: Sequence[Made]) -> None:
    """What was answered, and what was asked back."""
    texts = []
    for each in made:
        enquiry = each.enquiry
        if enquiry.answered_at:
            answer = each.matter.answered(enquiry.language)
            texts.append(_text(enquiry, enquiry.answered_at, answer))
        elif each.state == State.ON_HOLD and enquiry.taken_at:
            asked = questions.MISSING[enquiry.language == Language.FRENCH]
            texts.append(_text(enquiry, enquiry.taken_at, asked))
    for text in Message.objects.bulk_create(texts):
        if text.enquiry.answered_at:
            contacts.answered(text.enquiry, text, now=text.at)


def _text(enquiry: Enquiry, at: datetime, body: str) -> Message:
    return Message(
        enquiry=enquiry,
        direction=Direction.OUT,
        channel=enquiry.channel,
        at=at,
        by=enquiry.assignee,
        language=enquiry.language,
        body=body,
    )


def _stop_clocks(made: Sequence[Made]) -> None:
    """What was answered is owed no more; a question back is a first answer, and the other date waits."""
    states = {each.enquiry.pk: each.enquiry for each in made if each.state != State.WAITING}
    stopped, pauses = [], []
    for clock in Clock.objects.filter(enquiry__in=states).order_by("pk"):
        enquiry = states[clock.enquiry_id]
        if enquiry.answered_at:
            clock.stopped_at = enquiry.answered_at
            stopped.append(clock)
        elif enquiry.state == State.ON_HOLD and enquiry.taken_at:
            if clock.promise == Promise.FIRST:
                clock.stopped_at = enquiry.taken_at
                stopped.append(clock)
            else:
                pauses.append(Pause(clock=clock, starts_at=enquiry.taken_at, reason="client"))
    Clock.objects.bulk_update(stopped, ["stopped_at"])
    Pause.objects.bulk_create(pauses)


def _write_trail(made: Sequence[Made]) -> None:
    """The trail's rows, as the actions would have written them."""
    events = []
    for each in (one.enquiry for one in made):
        by = each.assignee
        if each.taken_at:
            events.append(_event("enquiry.taken", each, each.taken_at, by))
        if each.state == State.ON_HOLD and each.taken_at:
            events.append(_event("enquiry.held", each, each.taken_at, by))
        if each.answered_at:
            events.append(_event("enquiry.answered", each, each.answered_at, by))
    Event.objects.bulk_create(sorted(events, key=lambda event: event.at))


def _event(action: str, enquiry: Enquiry, at: datetime, by: Person | None) -> Event:
    return Event(
        at=at,
        verb=Verb.DID,
        action=action,
        actor_id=by.pk if by else None,
        actor_name=by.name if by else "Comptoir",
        object_type=Enquiry._meta.label,
        object_id=str(enquiry.pk),
        office_id=enquiry.office_id,
    )


def _alike(one: Made, two: Made) -> bool:
    """Whether two of the same kind ask the same in the same language."""
    first, second = one.enquiry, two.enquiry
    return one.matter == two.matter and first.language == second.language


def _join(made: Sequence[Made]) -> None:
    """Of two that ask the same, one becomes part of the other, as if one person had asked both."""
    held = [each for each in made if each.state == State.IN_HAND]
    pairs = ((one.enquiry, two.enquiry) for one, two in combinations(held, 2) if _alike(one, two))
    main, part = next(pairs, (None, None))
    if main is None or part is None:
        return
    assert part.assignee is not None
    assert part.taken_at is not None
    Joining.objects.create(
        part=part,
        main=main,
        joined_at=part.taken_at,
        joined_by=part.assignee,
        state=State.IN_HAND,
        assignee=part.assignee,
        taken_at=part.taken_at,
    )
    Enquiry.objects.filter(pk=part.pk).update(
        state=State.JOINED,
        joined_to=main,
        assignee=None,
        taken_at=None,
        asker_email=main.asker_email,
        asker_name=main.asker_name,
    )
