"""What browser tests look at of referrals and documents, made for the team lead of the world."""

from __future__ import annotations

from comptoir.enquiries.actions import answering, documents, referring, restricting, taking
from comptoir.enquiries.models import (
    Document,
    Enquiry,
    Identifier,
    Referral,
    ReferralKind,
    Scan,
)
from comptoir.people.models import Role
from comptoir.ui import clock
from tests.browser.visit import Visit
from tests.browser.visiting import Visitor
from tests.browser.world import World
from tests.enquiries.factories import CONSENT, enquiry, kept_and
from tests.enquiries.files import pdf


def urgent(world: World) -> Referral:
    """A matter that the lead answers for and has acknowledged."""
    found = Referral.objects.filter(kind=ReferralKind.URGENT).first()
    return found or _handed_on(world, ReferralKind.URGENT)


def for_a_professional(world: World) -> tuple[int]:
    """A matter that a professional answers for: they read there what was written."""
    owner = world.people[Role.PROFESSIONAL]
    found = Referral.objects.filter(owner=owner).first()
    if found is None:
        lead, held = world.people[Role.TEAM_LEAD], enquiry(now=world.now)
        held = taking.take_one(enquiry=held, version=held.version, by=lead, now=world.now)
        answering.ask_back(
            enquiry=held,
            version=held.version,
            body="Which application do you mean?",
            language="en",
            is_case_specific=False,
            by=lead,
            now=world.now,
        )
        found = referring.refer(
            enquiry=held,
            kind=ReferralKind.URGENT,
            unit="The office in Montréal",
            owner=owner,
            reason="A flight tomorrow.",
            by=lead,
            now=world.now,
        )
    return (found.pk,)


def breach(world: World) -> Referral:
    """A breach, found to be material, of which the Commissioner was told."""
    found = Referral.objects.filter(kind=ReferralKind.BREACH).exclude(breach__place="").first()
    if found is not None:
        return found
    lead, now = world.people[Role.TEAM_LEAD], clock.now()
    made = _handed_on(world, ReferralKind.BREACH)
    referring.determine(referral=made, is_material=True, by=lead, now=now)
    return referring.report(referral=made, to_commissioner=True, by=lead, now=now)


def incomplete(world: World) -> Referral:
    """A breach of which hardly anything is known yet, which the lead may read for a while."""
    found = Referral.objects.filter(kind=ReferralKind.BREACH, breach__place="").first()
    lead, now = world.people[Role.TEAM_LEAD], clock.now()
    bare = referring.Intake(happened_at=None, discovered_at=now)
    made = found or _handed_on(world, ReferralKind.BREACH, bare)
    restricting.open_to_read(
        enquiry=made.enquiry, reason="To complete the report", by=lead, now=now
    )
    return made


def opened(world: World) -> Enquiry:
    """The restricted enquiry of a sensitive matter, which the lead may read for a while."""
    found = Referral.objects.filter(kind=ReferralKind.SENSITIVE).first()
    made = found or _handed_on(world, ReferralKind.SENSITIVE)
    lead = world.people[Role.TEAM_LEAD]
    restricting.open_to_read(
        enquiry=made.enquiry, reason="A minister asked", by=lead, now=clock.now()
    )
    return made.enquiry


def closed(world: World) -> Enquiry:
    """A restricted enquiry of a high-profile matter, which the lead has not opened."""
    found = Referral.objects.filter(kind=ReferralKind.HIGH_PROFILE).first()
    return (found or _handed_on(world, ReferralKind.HIGH_PROFILE)).enquiry


def document(world: World, scan: Scan = Scan.NOT_SCANNED) -> Document:
    """A document that the lead has added; its enquiry has one in each state."""
    found = Document.objects.filter(scan=scan).first()
    if found is not None:
        return found
    lead, about = world.people[Role.TEAM_LEAD], enquiry(now=clock.now())
    consent = documents.Consent(
        by="Marguerite Desrosiers-Longuenuit",
        how=CONSENT.how,
        on=CONSENT.on,
        scope="To give her marriage certificate for this application",
    )
    for number, state in enumerate(Scan):
        kept_and(
            state,
            pdf(number),
            of=about,
            by=lead,
            now=clock.now(),
            consent=consent,
            identifiers=[Identifier.NAME, Identifier.UCI],
            name=f"Certificat de mariage, traduction {number}.pdf",
        )
    return Document.objects.get(enquiry=about, scan=scan)


def _handed_on(
    world: World, kind: ReferralKind, intake: referring.Intake | None = None
) -> Referral:
    lead, now = world.people[Role.TEAM_LEAD], clock.now()
    intake = intake or referring.Intake(
        happened_at=None,
        discovered_at=now,
        place="A reply by e-mail",
        data="Name and date of birth",
        people_affected=2,
        containment="The mail was called back, and the reader said that it was deleted.",
    )
    made = referring.refer(
        enquiry=enquiry(now=now),
        kind=kind,
        unit="Office in Montréal, urgent matters",
        owner=lead,
        reason="The hearing is on Friday.\nThe family is at the airport.",
        by=world.people[Role.TEAM_LEAD],
        now=now,
        breach=intake if kind == ReferralKind.BREACH else None,
    )
    return referring.acknowledge(referral=made, by=lead, now=now)


def to_the_register(visitor: Visitor, world: World) -> None:
    """The register with matters in it."""
    for make in (urgent, breach, closed):
        make(world)
    visitor.go("enquiries:referrals")
    visitor.ready()


LEAD, PROFESSIONAL = str(Role.TEAM_LEAD), str(Role.PROFESSIONAL)

PAGES = [
    Visit("enquiries:referrals", LEAD, query={"show": "closed"}, state="empty"),
    Visit("enquiries:hand-on", LEAD, lambda world: (urgent(world).enquiry.reference,)),
    Visit("enquiries:report-breach", LEAD, lambda world: (urgent(world).enquiry.reference,)),
    Visit("enquiries:referral", LEAD, lambda world: (urgent(world).pk,)),
    Visit("enquiries:referral", LEAD, lambda world: (breach(world).pk,), state="breach"),
    Visit("enquiries:referral", PROFESSIONAL, for_a_professional),
    Visit("enquiries:referral", LEAD, lambda world: (incomplete(world).pk,), state="incomplete"),
    Visit(
        "enquiries:restricted",
        LEAD,
        lambda world: (incomplete(world).enquiry.reference,),
        state="incomplete",
    ),
    Visit("enquiries:restricted", LEAD, lambda world: (closed(world).reference,)),
    Visit("enquiries:restricted", LEAD, lambda world: (opened(world).reference,), state="open"),
    Visit("enquiries:named", LEAD, lambda world: (opened(world).reference,)),
    Visit("enquiries:referrals", LEAD, arrive=to_the_register),
    Visit("enquiries:documents", LEAD, lambda world: (document(world).enquiry.reference,)),
    Visit("enquiries:document-undo", LEAD, lambda world: (document(world).pk,)),
    Visit("enquiries:document-unscanned", LEAD, lambda world: (document(world).pk,)),
]
