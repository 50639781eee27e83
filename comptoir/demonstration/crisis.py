"""The single window's invented crisis: a line opened three days ago, its loans, and what came on it since."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from random import Random

from comptoir.demonstration.names import Namer, address
from comptoir.demonstration.people import Staff
from comptoir.demonstration.scale import Scale
from comptoir.enquiries.actions import crisis, receiving
from comptoir.enquiries.actions.crisis import Wish
from comptoir.enquiries.actions.receiving import About, Asker
from comptoir.enquiries.models import (
    AskerKind,
    Channel,
    CrisisLine,
    CrisisTemplate,
    Topic,
)
from comptoir.people.models import Language, Person, Role
from comptoir.roster.models import LineOfBusiness
from comptoir.ui import clock

TEMPLATE = "disaster-in-canada"
KEYWORD = "FLOOD2026"
OPEN_SINCE = timedelta(days=3)
ON_LOAN = 2

QUESTIONS = {
    "en": (
        "{keyword} The water took my permit and my passport. How do I replace them?",
        "{keyword} I cannot give my fingerprints on the day I was given: the road is closed.",
        "{keyword} We had to leave our home. Where will your letter go?",
    ),
    "fr": (
        "{keyword} L’eau a emporté mon permis et mon passeport. Comment les remplacer?",
        "{keyword} Je ne peux pas donner mes empreintes au jour prévu\u00a0: la route est fermée.",
        "{keyword} Nous avons dû quitter notre maison. Où ira votre lettre?",
    ),
}


def make(scale: Scale, staff: Staff, namer: Namer, *, now: datetime, seed: int) -> CrisisLine:
    """Open the line as a team lead does and receive one enquiry for every twenty of the others."""
    rng = Random(seed + 5)
    opened_at = now - OPEN_SINCE
    template = CrisisTemplate.objects.get(code=TEMPLATE)
    wish = Wish(
        name_en="Floods",
        name_fr="Inondations",
        keyword=KEYWORD,
        eligibility_en=template.eligibility_en,
        eligibility_fr=template.eligibility_fr,
        first_hours=template.first_hours,
        final_days=template.final_days,
        sunset_on=clock.service_date(now) + timedelta(days=template.days_open),
        mailbox="floods@centre.example",
        template=template,
    )
    made = crisis.open_line(
        wish=wish, staff=_colleagues(staff), home_team="Status", by=staff.team_lead, now=opened_at
    )
    for number in range(scale.enquiries // 20):
        at = opened_at + OPEN_SINCE * rng.random()
        _receive(made, namer, rng.choice(QUESTIONS["fr" if number % 3 == 0 else "en"]), number, at)
    return made


def _colleagues(staff: Staff) -> Sequence[Person]:
    agents = Person.objects.filter(grants__role=Role.AGENT).exclude(pk=staff.agent.pk)
    return list(agents.order_by("pk")[:ON_LOAN])


def _receive(
    made: CrisisLine, namer: Namer, question: str, number: int, received_at: datetime
) -> None:
    language = Language.FRENCH if number % 3 == 0 else Language.ENGLISH
    name = namer.name(language)
    receiving.receive(
        line=made.line,
        channel=Channel.WEB_FORM,
        asker=Asker(
            kind=AskerKind.CLIENT, email=address(name, "clients"), language=language, name=name
        ),
        about=About(
            topic=Topic.URGENT if number % 4 == 0 else Topic.DOCUMENT,
            line_of_business=LineOfBusiness.OTHER,
            applicant_name=name,
        ),
        body=question.format(keyword=made.keyword),
        received_at=received_at,
        now=received_at,
        acknowledge=False,
    )
