"""The cases that offices bring in these tests, and how they are typed. All people are invented."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from playwright.sync_api import Locator

from tests.browser.visiting import Visitor

SIGNED_ON = date(2026, 11, 2)
EXPIRES_ON = date(2027, 11, 1)


@dataclass(frozen=True, slots=True)
class TypedCase:
    """One case as somebody types it; without a signer it rests on the provision for members."""

    line: str
    question: str
    uci: str = ""
    application_number: str = ""
    signer: str = ""


STUDY = TypedCase(
    "study", "When will a decision be made?", uci="1122-3344", signer="Constance Invented"
)
FAMILY = TypedCase("family", "Is anything missing from the file?", application_number="F123456789")
WORK = TypedCase(
    "work", "The employer changed: what must be sent?", uci="11-2233-4455", signer="Paul Invented"
)
THREE = (STUDY, FAMILY, WORK)


def type_case(visitor: Visitor, row: Locator, case: TypedCase) -> None:
    """Fill in one row of the booking form."""
    visitor.type("UCI", case.uci, row)
    visitor.type("Application number", case.application_number, row)
    visitor.choose("What the case is about", case.line, row)
    visitor.type("Your question", case.question, row)
    if not case.signer:
        visitor.tick("Disclosure to a member of Parliament (Privacy Act, 8(2)(g))", row)
        return
    visitor.tick("Written consent of the person", row)
    visitor.type("Who signed the consent", case.signer, row)
    visitor.date("Signed on", SIGNED_ON, row)
    visitor.type("What the consent covers", "The application", row)
    visitor.date("Ends on", EXPIRES_ON, row)


def kept(visitor: Visitor, row: Locator, case: TypedCase) -> None:
    """The row still says what was typed."""
    for label, text in (
        ("UCI", case.uci),
        ("Application number", case.application_number),
        ("Your question", case.question),
        ("Who signed the consent", case.signer),
    ):
        assert visitor.field(label, row).input_value() == text
    assert visitor.field("What the case is about", row).input_value() == case.line
