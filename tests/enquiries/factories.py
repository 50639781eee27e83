"""Lines, agents and enquiries for tests: received the way the web form receives.

Everything happens around `NOW`, a Monday at 9:00 in Montréal.
"""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import Any

import factory
from factory.django import DjangoModelFactory

from comptoir.enquiries.actions import answering, documents, gating, receiving, taking
from comptoir.enquiries.actions.documents import Consent
from comptoir.enquiries.actions.receiving import About, Asker, Received
from comptoir.enquiries.models import (
    Agent,
    AskerKind,
    Capacity,
    Channel,
    ConsentHow,
    Document,
    DocumentKind,
    Enquiry,
    Identifier,
    Line,
    LineKind,
    Means,
    Message,
    Piece,
    Promise,
    Scan,
    ServiceTarget,
    Topic,
    Unit,
    WhyNotScanned,
    WorkingHours,
)
from comptoir.people.models import Person, Role
from comptoir.roster.models import LineOfBusiness
from tests.enquiries.files import PDF
from tests.people.factories import LONG_AGO, person_with

NOW = datetime(2026, 11, 16, 14, 0, tzinfo=UTC)
"""Monday 16 November 2026, 9:00 in Montréal."""

LAUNCH = date(2022, 10, 31)
PUBLIC, OFFICES = "public", "offices"
WEEK = {str(weekday): [["08:00", "16:00"]] for weekday in range(5)}
NAMES = {PUBLIC: ("Client support", "Soutien à la clientèle")}


def line_of(code: str = PUBLIC, kind: str = LineKind.GENERAL) -> Line:
    """The line, as a migration ships it; made anew where a test has emptied the database."""
    WorkingHours.objects.get_or_create(
        valid_from=LAUNCH, defaults={"periods": WEEK, "source": "test", "created_at": LONG_AGO}
    )
    name_en, name_fr = NAMES.get(code, (code, code))
    line, _new = Line.objects.get_or_create(
        code=code,
        defaults={"kind": kind, "name_en": name_en, "name_fr": name_fr, "opened_at": LONG_AGO},
    )
    for promise, days in ((Promise.FIRST, 5), (Promise.FINAL, 10)):
        ServiceTarget.objects.get_or_create(
            line=line,
            promise=promise,
            valid_from=LAUNCH,
            defaults={
                "unit": Unit.DAYS,
                "amount": days,
                "source": "test",
                "created_at": LONG_AGO,
            },
        )
    return line


class AgentFactory(DjangoModelFactory[Agent]):
    """Somebody who answers in both languages on the public line."""

    class Meta:
        model = Agent
        skip_postgeneration_save = True

    person = factory.LazyFunction(lambda: person_with(Role.AGENT))
    languages = factory.LazyFunction(lambda: ["en", "fr"])
    at_most = 20

    @factory.post_generation
    def lines(self: Any, create: bool, extracted: list[Line] | None, **_options: Any) -> None:
        self.lines.set(extracted if extracted is not None else [line_of()])


def received(
    *,
    now: datetime = NOW,
    line: Line | None = None,
    language: str = "en",
    email: str = "asker@clients.example",
    body: str = "Where does my application stand?",
    channel: Channel = Channel.WEB_FORM,
    asker: Asker | None = None,
    attempt: Any = None,
    **about: Any,
) -> Received:
    """What a client asks by the web form."""
    return receiving.receive(
        line=line or line_of(),
        channel=channel,
        asker=asker or Asker(kind=AskerKind.CLIENT, email=email, language=language, name="Asker"),
        about=About(**{"topic": Topic.STATUS, "line_of_business": LineOfBusiness.FAMILY, **about}),
        body=body,
        received_at=now,
        now=now,
        attempt=attempt,
    )


_askers = iter(range(1_000_000))


def enquiry(**values: Any) -> Enquiry:
    """A new enquiry, each of another asker."""
    values.setdefault("email", f"asker{next(_askers):06}@clients.example")
    return received(**values).enquiry


def agent(**values: Any) -> Agent:
    """Somebody who answers enquiries."""
    return AgentFactory.create(**values)


def in_hand(agent: Agent, found: Enquiry, now: datetime = NOW) -> Enquiry:
    """The enquiry in this agent's hands."""
    return taking.take_one(enquiry=found, version=found.version, by=agent.person, now=now)


def ask_back(held: Enquiry, by: Agent, now: datetime = NOW) -> Message:
    """The agent asks the client something general and waits; what was asked."""
    return answering.ask_back(
        enquiry=held,
        version=held.version,
        body="Which one?",
        language="en",
        is_case_specific=False,
        by=by.person,
        now=now,
    )


def opened(found: Enquiry, by: Agent, now: datetime = NOW) -> Enquiry:
    """The enquiry with both gates open: its applicant asks, and is who they say."""
    if not found.applicant_key:
        found.uci = "12345678"
        found.save(update_fields=["uci"])
    pieces = (Piece.FULL_NAME, Piece.DATE_OF_BIRTH, Piece.UCI)
    gating.confirm(enquiry=found, pieces=pieces, means=Means.CALLBACK, by=by.person, now=now)
    gating.authorize(
        enquiry=found,
        capacity=Capacity.SELF,
        applications=[],
        evidence="test",
        starts_at=now,
        ends_at=None,
        by=by.person,
        now=now,
    )
    return found


def person(role: Role = Role.AGENT, **values: Any) -> Person:
    """Somebody of the centre."""
    return person_with(role, **values)


CONSENT = Consent(
    by="A client", how=ConsentHow.SIGNED, on=date(2026, 11, 10), scope="To give this document"
)


def kept(
    content: bytes = PDF,
    *,
    of: Enquiry | None = None,
    by: Person | None | bool = True,
    now: datetime = NOW,
    **values: Any,
) -> Document:
    """A document that staff added on behalf of a client; `by=None` for one that who asked has sent."""
    return documents.keep(
        enquiry=of or enquiry(),
        content=content,
        by=person() if isinstance(by, bool) else by,
        now=now,
        **{
            "kind": DocumentKind.IDENTITY,
            "name": "passport.pdf",
            "consent": CONSENT,
            "identifiers": [Identifier.NAME, Identifier.BORN_ON],
            **values,
        },
    )


def kept_and(state: Scan, content: bytes = PDF, **values: Any) -> Document:
    """A document of which the scanner has said this."""
    document = kept(content, **values)
    if state != Scan.WAITING:
        document.scan, document.scanned_at = state, NOW
        document.why_not_scanned = WhyNotScanned.OFF if state == Scan.NOT_SCANNED else ""
        document.save()
    return document
