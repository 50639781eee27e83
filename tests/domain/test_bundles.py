"""What may be answered together, and what never."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from comptoir.domain.bundles import Apart, Item, Kind, apart, gets_no_action

CLIENT = Item(
    "a@clients.example", Kind.CLIENT, "A. Client", uci="11112222", application="C000111222"
)
REPRESENTATIVE = replace(CLIENT, kind=Kind.REPRESENTATIVE, name="R. Present")

items = st.builds(
    Item,
    email=st.sampled_from(["", "a@x.example", "A@x.example", "b@x.example"]),
    kind=st.sampled_from(Kind),
    name=st.sampled_from(["", " ", "R. Present"]),
    uci=st.sampled_from(["", "11112222", "33334444"]),
    application=st.sampled_from(["", "C000111222", "C000333444"]),
)


class TestATrueBundle:
    def test_is_of_the_same_asker_about_the_same_applicant(self) -> None:
        assert apart(CLIENT, CLIENT) is None

    def test_does_not_mind_how_the_address_is_written(self) -> None:
        assert apart(CLIENT, replace(CLIENT, email="A@Clients.example")) is None

    def test_may_be_of_a_representative_who_gives_a_name(self) -> None:
        assert apart(REPRESENTATIVE, REPRESENTATIVE) is None

    @pytest.mark.parametrize(
        ("change", "why"),
        [
            ({"email": "b@clients.example"}, Apart.OTHER_ASKER),
            ({"uci": "33334444"}, Apart.OTHER_APPLICANT),
            ({"application": "C000333444"}, Apart.OTHER_APPLICANT),
            ({"uci": ""}, Apart.OTHER_APPLICANT),
            ({"uci": "", "application": ""}, Apart.NO_IDENTIFIER),
            ({"kind": Kind.REPRESENTATIVE}, Apart.NOT_AUTHORIZED),
            ({"kind": Kind.OFFICE}, Apart.NOT_AUTHORIZED),
        ],
    )
    def test_ends_with_any_difference(self, change: dict[str, str], why: Apart) -> None:
        assert apart(CLIENT, replace(CLIENT, **change)) is why  # type: ignore[arg-type]  # one of many

    @pytest.mark.parametrize("name", ["", "  "])
    def test_is_never_of_a_representative_without_a_name(self, name: str) -> None:
        unnamed = replace(REPRESENTATIVE, name=name)

        assert apart(unnamed, unnamed) is Apart.NOT_AUTHORIZED

    def test_is_not_made_by_a_name_alone(self) -> None:
        nameless = replace(CLIENT, uci="", application="")

        assert apart(nameless, nameless) is Apart.NO_IDENTIFIER


class TestSomebodyWhoWritesForMany:
    def test_without_a_name_gets_no_action(self) -> None:
        unnamed = replace(REPRESENTATIVE, name="")

        assert gets_no_action([unnamed, replace(unnamed, uci="33334444")])

    def test_with_a_name_does(self) -> None:
        assert not gets_no_action([REPRESENTATIVE, replace(REPRESENTATIVE, uci="33334444")])

    def test_for_one_does_however_often(self) -> None:
        unnamed = replace(REPRESENTATIVE, name="")

        assert not gets_no_action([unnamed, unnamed])

    def test_is_never_a_client_nor_an_office(self) -> None:
        for kind in (Kind.CLIENT, Kind.OFFICE):
            one = replace(CLIENT, kind=kind, name="")
            assert not gets_no_action([one, replace(one, uci="33334444")])


@given(items, items)
def test_whether_two_belong_together_does_not_depend_on_which_is_first(a: Item, b: Item) -> None:
    assert (apart(a, b) is None) == (apart(b, a) is None)


@given(items, items, items)
def test_what_belongs_to_the_same_belongs_together(a: Item, b: Item, c: Item) -> None:
    if apart(a, b) is None and apart(b, c) is None:
        assert apart(a, c) is None


@given(items, items)
def test_nobody_ever_reads_about_another_applicant(a: Item, b: Item) -> None:
    if apart(a, b) is None:
        assert (a.uci, a.application) == (b.uci, b.application) != ("", "")


@given(st.lists(items, max_size=5), items)
def test_one_more_never_lets_somebody_through(found: list[Item], more: Item) -> None:
    if gets_no_action(found):
        assert gets_no_action([*found, more])
