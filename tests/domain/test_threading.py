"""Which item a mail belongs to: signed addresses, known mails, participants; and which mails are one."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from comptoir.domain import threading
from comptoir.domain.threading import (
    AddressTooLong,
    Asked,
    BadReference,
    By,
    Item,
    Known,
    Mail,
    New,
    Stranger,
    WeakKey,
)

KEY, OLD_KEY, OTHER_KEY = b"k" * 32, b"o" * 32, b"x" * 32
MAILBOX = "questions@centre.example"
AMINA = "amina@home.example"
references = st.text(st.characters(codec="utf-8"), min_size=1).filter(
    lambda text: len(text.encode()) <= 20
)


def to(reference: str, mailbox: str = MAILBOX, key: bytes = KEY) -> str:
    """The address that an answer about this item was sent from."""
    return threading.reply_address(mailbox, threading.make_token(reference, mailbox, key))


def where(mail: Mail, known: Known) -> Item | Stranger | New:
    return threading.belongs(mail, [KEY, OLD_KEY], known)


def known(participants: dict[str, str], items: dict[str, set[str]] | None = None) -> Known:
    """One participant for each item, and items by message id."""
    return Known(items or {}, {item: {person} for item, person in participants.items()})


# --- Tokens ---


@given(references)
def test_what_was_signed_is_read_back_in_any_case_from_an_address(reference: str) -> None:
    address = to(reference)

    for written in (address, address.upper(), f" {address} "):
        token = threading.token_of(written)
        assert token is not None
        assert threading.check_token(token, MAILBOX, [KEY]) == reference


@given(references)
def test_a_token_is_made_of_small_letters_and_digits_and_fits_into_a_local_part(
    reference: str,
) -> None:
    assert re.fullmatch(r"1[a-z2-7]+", threading.make_token(reference, MAILBOX, KEY))
    assert len(to(reference).rpartition("@")[0]) <= 64


@given(references, st.data())
def test_a_token_with_another_character_anywhere_is_refused(
    reference: str, data: st.DataObject
) -> None:
    token = threading.make_token(reference, MAILBOX, KEY)
    place = data.draw(st.integers(0, len(token) - 1))
    other = data.draw(st.characters().filter(lambda c: c.lower() != token[place]))

    changed = token[:place] + other + token[place + 1 :]

    assert threading.check_token(changed, MAILBOX, [KEY]) is None


@given(st.text() | st.from_regex(r"1[a-z2-7]{0,70}", fullmatch=True))
def test_what_nobody_signed_is_refused_without_an_error(token: str) -> None:
    assert threading.check_token(token, MAILBOX, [KEY]) is None


def test_a_token_is_good_for_its_mailbox_and_under_every_key_still_kept() -> None:
    token = threading.make_token("R-1", MAILBOX, OLD_KEY)

    assert threading.check_token(token, MAILBOX.upper(), [KEY, OLD_KEY]) == "R-1"
    assert threading.check_token(token, "crisis@centre.example", [KEY, OLD_KEY]) is None
    assert threading.check_token(token, MAILBOX, [KEY, OTHER_KEY]) is None
    assert threading.check_token(token, MAILBOX, []) is None


@pytest.mark.parametrize("place", [0, 1, -1])
def test_a_broken_character_in_a_token_is_refused_without_an_error(place: int) -> None:
    token = list(threading.make_token("R-1", MAILBOX, KEY))
    token[place] = "\udce9"

    assert threading.check_token("".join(token), MAILBOX, [KEY]) is None


def test_a_token_of_another_version_is_refused() -> None:
    token = threading.make_token("R-1", MAILBOX, KEY)

    assert threading.check_token(f"2{token[1:]}", MAILBOX, [KEY]) is None


def test_weak_keys_and_references_that_do_not_fit_are_refused() -> None:
    with pytest.raises(WeakKey):
        threading.make_token("R-1", MAILBOX, b"short")
    for reference in ("", "r" * 21, "é" * 11):
        with pytest.raises(BadReference):
            threading.make_token(reference, MAILBOX, KEY)
    with pytest.raises(AddressTooLong):
        to("r" * 20, "a-mailbox-with-a-long-name@centre.example")


@pytest.mark.parametrize(
    ("address", "token"),
    [("a+b@c.example", "b"), ("a+x+b@c.example", "b"), ("a@c+d.example", None), ("", None)],
)
def test_a_token_stands_behind_the_last_plus(address: str, token: str | None) -> None:
    assert threading.token_of(address) == token


# --- Where a mail belongs ---


def test_a_participant_who_answers_a_signed_address_reaches_the_item() -> None:
    mail = Mail(MAILBOX, "Amina@Home.example", recipients=("cc@x.example", to("R-1")))

    assert where(mail, known({"R-1": AMINA})) == Item("R-1", By.TOKEN)


def test_a_forwarded_token_lets_no_stranger_in() -> None:
    mail = Mail(MAILBOX, "stranger@home.example", recipients=(to("R-1"),))

    assert where(mail, known({"R-1": AMINA})) == Stranger("R-1", By.TOKEN)


def test_a_forged_token_says_nothing() -> None:
    mail = Mail(MAILBOX, AMINA, recipients=(to("R-1", key=OTHER_KEY),))

    assert where(mail, known({"R-1": AMINA})) == New()


def test_a_known_mail_leads_to_its_item_and_strangers_to_quarantine() -> None:
    items = {"<one@x>": {"R-1"}}
    by_reply = Mail(MAILBOX, AMINA, in_reply_to=("<one@x>",))
    by_references = Mail(MAILBOX, AMINA, references=("<zero@x>", "<one@x>"))
    stranger = Mail(MAILBOX, "stranger@home.example", references=("<one@x>",))
    everything = known({"R-1": AMINA}, items)

    assert where(by_reply, everything) == Item("R-1", By.REFERENCES)
    assert where(by_references, everything) == Item("R-1", By.REFERENCES)
    assert where(stranger, everything) == Stranger("R-1", By.REFERENCES)


def test_the_token_counts_before_references_and_the_nearest_mail_before_older_ones() -> None:
    items = {"<one@x>": {"R-1"}, "<two@x>": {"R-2"}, "<three@x>": {"R-3"}}
    everything = known({"R-1": AMINA, "R-2": AMINA, "R-3": AMINA}, items)
    references = ("<one@x>", "<two@x>")

    signed = Mail(MAILBOX, AMINA, (to("R-3"),), references=references)
    nearest = Mail(MAILBOX, AMINA, references=references)
    answered = Mail(MAILBOX, AMINA, in_reply_to=("<three@x>",), references=references)

    assert where(signed, everything) == Item("R-3", By.TOKEN)
    assert where(nearest, everything) == Item("R-2", By.REFERENCES)
    assert where(answered, everything) == Item("R-3", By.REFERENCES)


def test_an_id_that_several_items_share_names_none_of_them() -> None:
    items = {"<one@x>": {"R-1"}, "<twice@x>": {"R-1", "R-2"}}
    everything = known({"R-1": AMINA, "R-2": AMINA}, items)

    assert where(Mail(MAILBOX, AMINA, references=("<twice@x>",)), everything) == New()
    assert where(Mail(MAILBOX, AMINA, references=("<one@x>", "<twice@x>")), everything) == Item(
        "R-1", By.REFERENCES
    )


def test_what_is_not_known_is_as_if_it_were_not_named() -> None:
    gone = Mail(MAILBOX, AMINA, (to("R-9"),), references=("<one@x>",))

    assert where(gone, known({})) == New()
    assert where(gone, known({}, {"<one@x>": {"R-9"}})) == New()
    assert where(gone, known({"R-1": AMINA}, {"<one@x>": {"R-1"}})) == Item("R-1", By.REFERENCES)


def test_what_has_to_be_loaded_is_named_once_and_the_nearest_first() -> None:
    mail = Mail(
        MAILBOX,
        AMINA,
        recipients=(to("R-1"), to("R-1"), MAILBOX, to("R-2", key=OLD_KEY)),
        in_reply_to=("<two@x>",),
        references=("<one@x>", "<two@x>"),
    )

    assert threading.asked_for(mail, [KEY, OLD_KEY]) == Asked(
        ("R-1", "R-2"), ("<two@x>", "<one@x>")
    )


people = st.sampled_from([AMINA, "bela@home.example"])
numbers = st.sampled_from(["R-1", "R-2", "R-3"])
ids = st.sampled_from(["<one@x>", "<two@x>"])


@given(
    people,
    st.lists(numbers, max_size=2),
    st.lists(ids, max_size=3),
    st.dictionaries(ids, st.frozensets(numbers)),
    st.dictionaries(numbers, st.frozensets(people)),
)
def test_nobody_reaches_an_item_without_taking_part_in_it(
    sender: str,
    signed: list[str],
    references: list[str],
    items: dict[str, frozenset[str]],
    participants: dict[str, frozenset[str]],
) -> None:
    mail = Mail(MAILBOX, sender, tuple(map(to, signed)), references=tuple(references))

    found = where(mail, Known(items, participants))

    if not isinstance(found, New):
        assert (sender in participants[found.reference]) == isinstance(found, Item)
        by_mail = any(found.reference in items.get(each, ()) for each in references)
        assert found.reference in signed if found.by is By.TOKEN else by_mail


# --- Message ids ---


@pytest.mark.parametrize(
    ("header", "found"),
    [
        ("<a@x> <b@y>", ("<a@x>", "<b@y>")),
        ("<a@x>\r\n\t<b@y>,<a@x>", ("<a@x>", "<b@y>")),
        ("Your message of Monday <a@x>", ("<a@x>",)),
        ("<broken <a@x> < > <>", ("<a@x>",)),
        ("", ()),
    ],
)
def test_ids_are_read_in_order_and_once(header: str, found: tuple[str, ...]) -> None:
    assert threading.message_ids(header) == found


def test_of_a_long_header_the_first_and_the_last_ids_are_kept() -> None:
    header = " ".join(f"<{n}@x>" for n in range(200_000))

    found = threading.message_ids(header)

    assert len(found) == 100
    assert (found[0], found[-1]) == ("<0@x>", "<199999@x>")


# --- The same mail ---

COPY = {
    "mailbox": MAILBOX,
    "message_id": "<a@x>",
    "sender": AMINA,
    "date": "Wed, 25 Nov 2026 10:00:00 -0500",
    "subject": "My application",
    "body": "Where is it?\n\nAmina",
}


@pytest.mark.parametrize("part", sorted(COPY))
def test_every_part_makes_another_mail(part: str) -> None:
    changed = COPY | {part: COPY[part] + "2"}

    assert threading.identity_of(**changed) != threading.identity_of(**COPY)


def test_the_parts_do_not_run_into_one_another() -> None:
    one, other = COPY | {"date": "ab", "subject": "c"}, COPY | {"date": "a", "subject": "bc"}

    assert threading.identity_of(**one) != threading.identity_of(**other)


@pytest.mark.parametrize(
    "change",
    [
        {"body": "Where is it?  \r\n\r\nAmina\r\n\r\n"},
        {"body": "Where is it?\r\rAmina"},
        {"subject": "My\r\n application "},
        {"sender": " Amina@home.example"},
        {"mailbox": "Questions@Centre.example"},
        {"message_id": " <a@x>\r\n"},
    ],
)
def test_what_transport_changes_makes_no_other_mail(change: dict[str, str]) -> None:
    assert threading.identity_of(**(COPY | change)) == threading.identity_of(**COPY)


def test_accents_in_two_parts_make_no_other_mail_and_broken_text_no_error() -> None:
    whole, parts = COPY | {"body": "\xe9"}, COPY | {"body": "e\N{COMBINING ACUTE ACCENT}"}

    assert threading.identity_of(**whole) == threading.identity_of(**parts)
    assert threading.identity_of(**(COPY | {"body": "\udce9\x00"})).content
