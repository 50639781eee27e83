"""Triage in production: rules in force put an enquiry in its place, and a person may decide otherwise."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.db import IntegrityError, ProgrammingError, transaction

from comptoir.audit.models import Event
from comptoir.domain.triage import FaultKind
from comptoir.enquiries.actions import changing, triaging
from comptoir.enquiries.actions.receiving import Asker
from comptoir.enquiries.models import (
    HEAD_START,
    AskerKind,
    Enquiry,
    LineKind,
    Priority,
    Promise,
    ServiceTarget,
    Topic,
    TriageFinding,
    TriageVersion,
)
from comptoir.enquiries.queries import triage as rules
from comptoir.people.models import Role
from tests.enquiries.crises import KEYWORD, in_force, open_crisis, rule
from tests.enquiries.factories import NOW, OFFICES, agent, enquiry, line_of, person, received
from tests.people.factories import OfficeFactory
from tests.rivals import Rival

pytestmark = pytest.mark.django_db

DAY = timedelta(days=1)


def finding(found: Enquiry) -> TriageFinding:
    return found.findings.get()


def fired(found: Enquiry) -> list[str]:
    return [each.code for each in rules.fired_of(finding(found))]


class TestTheRulesThatAreShipped:
    @pytest.mark.parametrize(
        ("text", "code"),
        [
            ("I had a death threat last night", "threat"),
            ("J’ai reçu des menaces de mort", "threat"),
            ("My removal date is on Friday", "removal"),
            ("Une mesure de renvoi a été prise contre moi", "removal"),
            ("Mon frère est hospitalisé", "medical"),
            ("My mother passed away", "death"),
            ("Les FUNERAILLES sont samedi", "death"),
        ],
    )
    def test_put_what_cannot_wait_before_the_rest(self, text: str, code: str) -> None:
        found = enquiry(body=text)

        assert fired(found)[0] == code
        assert found.priority == Priority.URGENT
        assert found.ranked_at == NOW - HEAD_START[Priority.URGENT]

    def test_know_the_usual_topics_and_leave_the_line_as_it_is(self) -> None:
        found = enquiry(topic=Topic.DOCUMENT)

        assert (found.line, found.priority, found.is_unmatched) == (line_of(), 0, False)
        assert fired(found) == ["known-topic"]

    def test_put_what_they_do_not_know_into_the_queue_that_is_watched(self) -> None:
        found = enquiry(topic=Topic.OTHER, body="Hello")

        assert found.is_unmatched
        assert found.line == line_of()
        assert finding(found).is_unmatched

    def test_send_a_legislators_office_to_its_line_and_its_targets(self) -> None:
        offices = line_of(OFFICES, LineKind.LEGISLATORS)
        asker = Asker(
            kind=AskerKind.OFFICE, email="o@x.example", language="en", office=OfficeFactory.create()
        )

        found = received(asker=asker).enquiry

        assert found.line == offices
        assert {clock.target.line for clock in found.clocks.all()} == {offices}

    def test_say_that_they_are_ours_and_hold_without_anybody(self) -> None:
        shipped = TriageVersion.objects.get()

        assert "ours" in shipped.name_en
        assert shipped.approved_by is None
        assert rules.in_force(NOW) == shipped

    def test_could_be_written_by_anybody_again(self) -> None:
        line_of(OFFICES, LineKind.LEGISLATORS)
        shipped = TriageVersion.objects.get()

        assert in_force(*shipped.rules).number == 2


class TestAFinding:
    def test_keeps_the_rules_own_word_and_nothing_of_the_asker(self) -> None:
        found = enquiry(body="Anna’s FUNERAL is on Friday", topic=Topic.OTHER)

        assert finding(found).fired == [{"rule": "death", "matched": [["any_words", "funeral"]]}]

    def test_looks_into_the_subject_of_a_mail_too(self) -> None:
        assert fired(enquiry(subject="funeral", body="Help", topic=Topic.OTHER)) == ["death"]

    def test_proposes_whom_to_refer_it_to(self) -> None:
        assert finding(enquiry(body="a threat to my life")).refer == ["threat"]

    def test_is_never_changed_nor_deleted(self) -> None:
        found = finding(enquiry())

        with pytest.raises(ProgrammingError), transaction.atomic():
            TriageFinding.objects.filter(pk=found.pk).update(priority=2)
        with pytest.raises(ProgrammingError), transaction.atomic():
            found.delete()

    def test_of_a_person_has_a_reason(self) -> None:
        found = enquiry()
        with pytest.raises(IntegrityError):
            TriageFinding.objects.create(
                enquiry=found, at=NOW, line=found.line, priority=0, by=person()
            )


class TestALaterText:
    def test_that_tells_of_an_emergency_is_put_before_others(self) -> None:
        first = received(application_number="C000111222").enquiry

        received(application_number="C000111222", body="I am in hospital", now=NOW + DAY)

        first.refresh_from_db()
        assert first.priority == Priority.URGENT
        assert first.ranked_at == NOW - HEAD_START[Priority.URGENT]

    def test_never_makes_it_wait_longer(self) -> None:
        first = received(application_number="C000111222", body="a funeral").enquiry

        received(application_number="C000111222", body="And now?", now=NOW + DAY)

        first.refresh_from_db()
        assert first.priority == Priority.URGENT
        assert first.findings.count() == 1


class TestOverruling:
    def overrule(self, found: Enquiry, **values: object) -> TriageFinding:
        return triaging.overrule(
            **{
                "enquiry": found,
                "version": found.version,
                "line": found.line,
                "priority": Priority.HIGH,
                "skills": ["adoption"],
                "reason": "A child waits.",
                "by": person(Role.TEAM_LEAD),
                "now": NOW,
                **values,
            }  # type: ignore[arg-type]  # one of several
        )

    def test_sets_line_priority_and_skills_on_record(self) -> None:
        found = enquiry(topic=Topic.OTHER)
        offices = line_of(OFFICES, LineKind.LEGISLATORS)

        made = self.overrule(found, line=offices)

        found.refresh_from_db()
        assert (found.line, found.priority, found.skills) == (offices, 1, ["adoption"])
        assert not found.is_unmatched
        assert rules.newest_of(found) == made
        assert Event.objects.get(action="triage.overruled").object_id == str(found.pk)

    def test_keeps_the_promises_as_they_were_made(self) -> None:
        found = enquiry()
        before = set(found.clocks.values_list("target", "due_at"))

        self.overrule(found, line=line_of(OFFICES, LineKind.LEGISLATORS))

        assert set(found.clocks.values_list("target", "due_at")) == before

    def test_holds_against_every_later_triage(self) -> None:
        found = received(application_number="C000111222").enquiry
        self.overrule(found, priority=Priority.USUAL)

        received(application_number="C000111222", body="a funeral", now=NOW + DAY)
        found.refresh_from_db()

        assert found.priority == Priority.USUAL

    def test_by_somebody_who_has_not_seen_the_last_change_is_refused(self) -> None:
        found = enquiry()
        self.overrule(found)

        with pytest.raises(changing.ChangedMeanwhile):
            self.overrule(found, priority=Priority.URGENT)

    def test_moves_nothing_into_a_drill(self) -> None:
        drill = open_crisis(is_drill=True)

        with pytest.raises(changing.OfADrill):
            self.overrule(enquiry(), line=drill.line)


class TestVersions:
    def test_hold_from_their_moment_on_once_somebody_else_approved(self) -> None:
        written = in_force(rule(), at=NOW + DAY)

        assert rules.in_force(NOW) != written
        assert rules.in_force(NOW + DAY) == written
        assert enquiry(body="a refund", topic=Topic.OTHER).is_unmatched
        assert enquiry(body="a refund", topic=Topic.OTHER, now=NOW + DAY).priority == 1

    def test_that_nobody_approved_never_hold(self) -> None:
        owner = person(Role.POLICY_OWNER)
        version = triaging.write(
            name_en="A", name_fr="B", valid_from=NOW, written=[rule()], by=owner, now=NOW
        )

        assert rules.in_force(NOW + 9 * DAY) != version
        with pytest.raises(triaging.OwnWork):
            triaging.approve(version=version, by=owner, now=NOW)

    def test_name_the_rule_of_the_version_it_was_found_by(self) -> None:
        first = in_force(rule())
        found = enquiry(body="a refund")
        in_force(rule("other"), at=NOW + DAY)

        assert finding(found).version == first
        assert [(each.name, each.matched) for each in rules.fired_of(finding(found))] == [
            ("Fees", ("refund",))
        ]

    def test_are_never_edited(self) -> None:
        version = in_force(rule())

        with pytest.raises(ProgrammingError), transaction.atomic():
            TriageVersion.objects.filter(pk=version.pk).update(rules=[])
        with pytest.raises(ProgrammingError), transaction.atomic():
            version.delete()

    def test_cannot_begin_before_they_are_written(self) -> None:
        with pytest.raises(triaging.BeginsInThePast):
            triaging.write(
                name_en="A",
                name_fr="B",
                valid_from=NOW - DAY,
                written=[rule()],
                by=person(),
                now=NOW,
            )

    @pytest.mark.parametrize(
        ("written", "kind"),
        [
            (rule(line="nowhere"), FaultKind.UNKNOWN_LINE),
            (rule(when={"lines": ["nowhere"]}), FaultKind.UNKNOWN_LINE_WHEN),
            (rule(skills=["adoption"]), FaultKind.UNKNOWN_SKILL),
            (rule(when={}), FaultKind.EMPTY_CONDITION),
            (rule(refer=["nobody"]), FaultKind.UNKNOWN_REFERRAL),
        ],
    )
    def test_that_cannot_be_meant_are_refused(
        self, written: dict[str, object], kind: FaultKind
    ) -> None:
        with pytest.raises(triaging.Faulty) as refused:
            in_force(written)

        assert [fault.kind for fault in refused.value.faults] == [kind]
        assert TriageVersion.objects.count() == 1

    def test_look_at_no_drill(self) -> None:
        drill = open_crisis(is_drill=True).line

        with pytest.raises(triaging.Faulty):
            in_force(rule(when={"lines": [drill.code]}))

    def test_may_ask_for_what_some_agent_knows(self) -> None:
        agent(skills=["adoption"])
        in_force(rule(skills=["adoption"]))

        assert enquiry(body="a refund").skills == ["adoption"]


class TestACondition:
    def met(self, **about: Any) -> bool:
        return not enquiry(topic=Topic.OTHER, body="Hello", **about).is_unmatched

    def test_of_the_line_is_met_by_what_came_by_it(self) -> None:
        in_force(rule(when={"lines": ["public"]}))

        assert self.met()
        assert not self.met(line=line_of("calls"))

    @pytest.mark.parametrize("is_named", [True, False])
    def test_of_a_number_is_met_by_what_names_one_or_by_what_names_none(
        self, is_named: bool
    ) -> None:
        in_force(rule(when={"has_identifiers": is_named}))

        assert self.met(application_number="C000111222") is is_named
        assert self.met(uci="12345678") is is_named
        assert self.met() is not is_named

    def test_is_told_in_words_of_what_it_met(self) -> None:
        in_force(rule(when={"lines": ["public"], "has_identifiers": False}))

        [told] = rules.fired_of(finding(enquiry()))

        assert told.matched == ("Client support", "no application or client number")


class TestACrisisKeyword:
    def test_brings_it_to_the_line_before_every_other_rule(self) -> None:
        crisis = open_crisis()
        in_force(rule(line="public"))

        found = enquiry(body=f"{KEYWORD.lower()}: a refund")

        assert found.line == crisis.line
        assert fired(found) == [f"crisis:{crisis.line.code}", "fees"]
        assert {clock.target.line for clock in found.clocks.all()} == {crisis.line}

    def test_of_a_closed_line_is_a_word_like_others(self) -> None:
        from comptoir.enquiries.actions import crisis as actions
        from comptoir.enquiries.models import Rest

        actions.close(crisis=open_crisis(), rest=Rest.MOVED, reason="Over", by=person(), now=NOW)

        assert enquiry(body=KEYWORD, now=NOW + DAY).line == line_of()

    def test_of_a_line_opened_after_it_came_changes_nothing(self) -> None:
        open_crisis(now=NOW)

        assert enquiry(body=KEYWORD, now=NOW - DAY).line == line_of()

    def test_is_not_needed_by_what_came_on_the_line_and_no_other_rule_takes_it_away(self) -> None:
        crisis = open_crisis()
        in_force(rule(line="public"))

        assert enquiry(body="a refund", line=crisis.line).line == crisis.line


def test_a_rule_that_names_a_line_without_promises_leaves_it_where_it_came() -> None:
    other = line_of("second")
    in_force(rule(line="second"))
    assert enquiry(body="a refund").line == other

    other.closed_at = NOW + DAY
    other.save()

    assert enquiry(body="a refund", now=NOW + 2 * DAY).line == line_of()
    assert ServiceTarget.objects.filter(line=other, promise=Promise.FINAL).exists()


@pytest.mark.django_db(transaction=True)
def test_of_two_versions_written_at_the_same_moment_the_second_is_read_first() -> None:
    def write() -> TriageVersion:
        return triaging.write(
            name_en="A", name_fr="B", valid_from=NOW, written=[rule()], by=owner, now=NOW
        )

    owner = person(Role.POLICY_OWNER)
    with transaction.atomic():
        first = write()
        rival = Rival(write)
        assert rival.waits()
    refused = rival.result()

    assert isinstance(refused, triaging.WrittenMeanwhile)
    assert TriageVersion.objects.order_by("number").last() == first
