"""Mails that came to no enquiry: one for a person to decide about, the others recognised by a rule."""

from __future__ import annotations

from datetime import datetime, timedelta
from email.message import EmailMessage

from comptoir.demonstration.names import Namer, address
from comptoir.demonstration.people import CENTRE
from comptoir.enquiries.actions import keeping, mailing
from comptoir.enquiries.gateway.imap import Lying
from comptoir.people.models import Language

SUPPORT, NOBODYS = (f"{name}@{CENTRE}.example" for name in ("support", "visas"))
"""A mailbox of a line, and one that no line has: what comes to it is set aside."""


def make(namer: Namer, *, now: datetime) -> None:
    """Take in and decide each, as the job that collects mail does."""
    somebody, away, another = (
        address(namer.name(language), "clients")
        for language in (Language.ENGLISH, Language.FRENCH, Language.FRENCH)
    )
    came = [
        (
            NOBODYS,
            _mail(
                somebody,
                NOBODYS,
                "Visitor visa for my parents",
                "Hello, this address was on an old letter of yours. My parents applied for a visitor visa in "
                "September. Whom may I ask where it stands? Thank you.",
            ),
        ),
        (
            NOBODYS,
            _mail(
                another,
                NOBODYS,
                "Changement d’adresse",
                "Bonjour, j’ai déménagé le 1er novembre. À qui dois-je donner ma nouvelle adresse ? Merci.",
            ),
        ),
        (
            SUPPORT,
            _mail(
                away,
                SUPPORT,
                "Absence du bureau",
                "Je suis absent jusqu’à lundi et lirai votre message à mon retour.",
                **{"Auto-Submitted": "auto-replied"},
            ),
        ),
        (SUPPORT, _mail("", SUPPORT, "(no subject)", "Is anybody there?")),
    ]
    for number, (mailbox, raw) in enumerate(came):
        at = now - timedelta(hours=3 * number + 1)
        lying = Lying(f"1.{number + 1}", at, len(raw), raw)
        kept = keeping.keep(mailbox=mailbox, lying=lying, now=at)
        mailing.decide(mail_id=kept.pk, now=at)


def _mail(sender: str, to: str, subject: str, text: str, **headers: str) -> bytes:
    made = EmailMessage()
    if sender:
        made["From"] = sender
        made["Message-ID"] = f"<{len(text)}.{sender}>"
    made["To"], made["Subject"] = to, subject
    for name, value in headers.items():
        made[name] = value
    made.set_content(text)
    return made.as_bytes()
