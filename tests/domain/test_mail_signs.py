"""What a mail is by its headers, with the rule that fired, and the caps that hold whatever they say."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from comptoir.domain import mail_signs
from comptoir.domain.mail_signs import Answer, CapRule, Caps, Sign, SignKind, Verdict

NOW = datetime(2026, 11, 25, 15, tzinfo=UTC)
HOUR = timedelta(hours=1)
CAPS = Caps(3, 3 * HOUR, 5, HOUR, {"public.example": 50})
OWN = ("questions@centre.example", "Crisis@centre.example")
LETTER = {
    "From": ["Amina <amina@home.example>"],
    "Return-Path": ["<amina@home.example>"],
    "Content-Type": ["multipart/alternative; boundary=x"],
    "Auto-Submitted": ["no"],
    "Precedence": ["normal"],
    "X-Auto-Response-Suppress": ["DR, RN, NRN"],
}
REPORT = "multipart/report; boundary=x; report-type="


def sign(**changes: str | list[str]) -> Sign:
    """The sign of an ordinary letter with these headers instead; `_` stands for `-`."""
    given = {k.replace("_", "-"): [v] if isinstance(v, str) else v for k, v in changes.items()}
    kept = {k: v for k, v in LETTER.items() if k.lower() not in {g.lower() for g in given}}
    return mail_signs.sign_of({**kept, **given}, OWN)


# --- Signs ---


def test_a_letter_of_a_person_has_no_sign_and_may_be_answered() -> None:
    assert sign() == Sign(SignKind.PERSON, "no_sign")
    assert sign().is_answerable
    assert mail_signs.sign_of({}, OWN).is_answerable


@pytest.mark.parametrize(
    ("header", "value", "kind", "rule"),
    [
        ("Content-Type", f"{REPORT}delivery-status", SignKind.BOUNCE, "report_delivery_status"),
        (
            "Content-Type",
            'Multipart/Report; Report-Type = "Delivery-Status"; boundary=x',
            SignKind.BOUNCE,
            "report_delivery_status",
        ),
        ("Content-Type", "message/delivery-status", SignKind.BOUNCE, "delivery_status"),
        ("X-Failed-Recipients", "a@b.example", SignKind.BOUNCE, "failed_recipients"),
        ("From", "Mail <MAILER-DAEMON@mx.example>", SignKind.BOUNCE, "from_daemon"),
        ("From", "postmaster@mx.example", SignKind.BOUNCE, "from_daemon"),
        ("X-Comptoir-Loop", "questions", SignKind.LOOP, "loop_header"),
        ("From", "Us <questions@centre.example>", SignKind.OWN, "own_address"),
        ("From", "QUESTIONS+1abc@Centre.Example", SignKind.OWN, "own_address"),
        ("Sender", "crisis@centre.example", SignKind.OWN, "own_address"),
        ("Auto-Submitted", "auto-replied", SignKind.AUTO_REPLY, "auto_submitted"),
        ("auto-submitted", " Auto-Generated; x=y", SignKind.AUTO_REPLY, "auto_submitted"),
        ("Auto-Submitted", "(no) auto-notified", SignKind.AUTO_REPLY, "auto_submitted"),
        ("Return-Path", "<>", SignKind.AUTO_REPLY, "null_return_path"),
        ("Return-Path", " ", SignKind.AUTO_REPLY, "null_return_path"),
        ("Content-Type", f"{REPORT}disposition-notification", SignKind.AUTO_REPLY, "report"),
        ("X-Auto-Response-Suppress", "DR, OOF", SignKind.AUTO_REPLY, "auto_response_suppress"),
        ("X-Auto-Response-Suppress", "All", SignKind.AUTO_REPLY, "auto_response_suppress"),
        ("Precedence", "auto_reply", SignKind.AUTO_REPLY, "precedence_auto_reply"),
        ("X-Autoreply", "yes", SignKind.AUTO_REPLY, "vendor_header"),
        ("X-Autorespond", "", SignKind.AUTO_REPLY, "vendor_header"),
        ("Delivered-To", "Autoresponder", SignKind.AUTO_REPLY, "delivered_to_autoresponder"),
        ("List-Id", "<news.example>", SignKind.LIST, "list_header"),
        ("List-Unsubscribe", "<mailto:x@y.example>", SignKind.LIST, "list_header"),
        ("Precedence", "Bulk", SignKind.LIST, "precedence_bulk"),
        ("X-Precedence", "junk", SignKind.LIST, "precedence_bulk"),
    ],
)
def test_each_sign_is_named_by_its_rule(header: str, value: str, kind: SignKind, rule: str) -> None:
    found = sign(**{header: value})

    assert found == Sign(kind, rule)
    assert not found.is_answerable


@pytest.mark.parametrize(
    ("header", "value"),
    [
        ("Auto-Submitted", "No (typed by hand)"),
        ("Auto-Submitted", ""),
        ("X-Auto-Response-Suppress", "None"),
        ("Content-Type", "text/plain; report-type=delivery-status"),
        ("Precedence", "first-class"),
        ("From", '"questions@centre.example" <amina@home.example>'),
        ("From", "questions@centre.example.evil.example"),
        ("From", "mailer-daemon-fan@home.example"),
    ],
)
def test_what_only_looks_like_a_sign_is_none(header: str, value: str) -> None:
    assert sign(**{header: value}).is_answerable


def test_one_of_several_values_is_enough() -> None:
    assert sign(Auto_Submitted=["no", "auto-replied"]).rule == "auto_submitted"
    assert sign(From=["amina@home.example", "questions@centre.example"]).kind is SignKind.OWN


def test_a_report_is_a_bounce_before_it_is_anything_else() -> None:
    found = sign(
        Content_Type=f"{REPORT}delivery-status",
        Return_Path="<>",
        Auto_Submitted="auto-replied",
        X_Comptoir_Loop="questions",
    )

    assert found.kind is SignKind.BOUNCE


names = st.sampled_from(
    [
        "From",
        "Sender",
        "Content-Type",
        "Auto-Submitted",
        "Return-Path",
        "Precedence",
        "Delivered-To",
    ]
)
values = st.text(max_size=60) | st.text('"<>()@,;:\\ .a', max_size=60)


@given(st.dictionaries(names, st.lists(values, max_size=3)))
def test_any_headers_have_a_sign_and_only_a_person_is_answered(
    headers: dict[str, list[str]],
) -> None:
    found = mail_signs.sign_of(headers, OWN)

    assert found.rule
    assert found.is_answerable == (found.rule == "no_sign")


@given(st.dictionaries(names, st.lists(values, max_size=3)), st.sampled_from(["lower", "upper"]))
def test_the_case_of_a_headers_name_changes_nothing(
    headers: dict[str, list[str]], case: str
) -> None:
    other = {getattr(name, case)(): found for name, found in headers.items()}

    assert mail_signs.sign_of(other, OWN) == mail_signs.sign_of(headers, OWN)


@pytest.mark.parametrize(
    "value", ["(" * 1_000_000, "<" * 1_000_000, '"a' * 500_000, "a," * 500_000]
)
def test_a_hostile_header_is_looked_at_for_its_beginning_only(value: str) -> None:
    lots = [value] * 1000

    assert mail_signs.sign_of({"From": lots, "Auto-Submitted": ["auto-replied"]}, OWN) == Sign(
        SignKind.AUTO_REPLY, "auto_submitted"
    )


# --- Caps ---


def sent(address: str, *minutes_ago: int) -> list[Answer]:
    return [Answer(address, NOW - timedelta(minutes=minutes)) for minutes in minutes_ago]


def verdict(address: str, history: list[Answer]) -> Verdict:
    return mail_signs.may_answer(address, history, NOW, CAPS)


def test_a_person_is_answered_three_times_in_three_hours() -> None:
    address = "amina@home.example"

    assert verdict(address, sent(address, 1, 179)) == Verdict(True, CapRule.WITHIN)
    assert verdict(address, sent(address, 1, 2, 179)) == Verdict(False, CapRule.PERSON)
    assert verdict(address, sent(address, 1, 2, 180)) == Verdict(True, CapRule.WITHIN)


def test_a_person_is_the_same_in_capitals_and_with_a_plus() -> None:
    history = [*sent("Amina+1@Home.example", 1), *sent("amina+2@home.example", 2, 3)]

    assert verdict("AMINA@home.example", history).rule is CapRule.PERSON


def test_a_sender_who_varies_the_address_meets_the_cap_of_the_domain() -> None:
    history = [answer for n in range(5) for answer in sent(f"robot{n}@loop.example", n)]

    assert verdict("robot9@loop.example", history[:4]).allowed
    assert verdict("robot9@loop.example", history) == Verdict(False, CapRule.DOMAIN)
    assert verdict("robot9@other.example", history).allowed


def test_an_answer_to_a_domain_counts_for_an_hour() -> None:
    history = [answer for n in range(5) for answer in sent(f"robot{n}@loop.example", 60)]

    assert verdict("robot9@loop.example", history).allowed


def test_a_domain_that_houses_many_people_has_a_cap_of_its_own() -> None:
    history = [answer for n in range(50) for answer in sent(f"p{n}@public.example", 1)]

    assert verdict("amina@public.example", history[:49]).allowed
    assert verdict("amina@public.example", history).rule is CapRule.DOMAIN


@pytest.mark.parametrize("address", ["", "amina", "@home.example", "amina@"])
def test_nobody_is_answered_without_an_address(address: str) -> None:
    assert verdict(address, []) == Verdict(False, CapRule.NO_ADDRESS)


def test_what_a_clock_ahead_of_ours_has_dated_counts() -> None:
    address = "amina@home.example"

    assert verdict(address, sent(address, -1, -2, -3)).rule is CapRule.PERSON


@given(st.lists(st.tuples(st.sampled_from("abcd"), st.integers(0, 20)), max_size=80))
def test_whatever_comes_in_no_window_holds_more_answers_than_its_cap(
    arrivals: list[tuple[str, int]],
) -> None:
    at, history = NOW, list[Answer]()
    for who, minutes in arrivals:
        at += timedelta(minutes=minutes)
        address = f"{who}@loop.example"
        if mail_signs.may_answer(address, history, at, CAPS).allowed:
            history.append(Answer(address, at))

    for first in history:
        later = [a for a in history if first.at <= a.at]
        assert sum(a.at - first.at < HOUR for a in later) <= 5
        same = [a for a in later if a.address == first.address]
        assert sum(a.at - first.at < 3 * HOUR for a in same) <= 3
