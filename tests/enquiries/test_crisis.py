"""Crisis lines: opened in one go, worked by staff on loan, extended with a reason, closed with a choice."""

from __future__ import annotations

from datetime import date, timedelta
from functools import partial

import pytest
from django.db import IntegrityError, transaction

from comptoir.audit.models import Event
from comptoir.enquiries import jobs
from comptoir.enquiries.actions import (
    answering,
    changing,
    crisis,
    crisis_rest,
    lending,
    restricting,
    taking,
)
from comptoir.enquiries.models import (
    Agent,
    CrisisHappening,
    CrisisLine,
    CrisisTemplate,
    Enquiry,
    Line,
    Loan,
    Promise,
    Rest,
    ServiceTarget,
    State,
    Tier,
    Unit,
)
from comptoir.enquiries.queries import crisis as lines
from comptoir.enquiries.queries import promises, waiting
from comptoir.notices.models import Notice
from comptoir.people.models import Person, Role
from tests.enquiries.crises import KEYWORD, SUNSET, open_crisis
from tests.enquiries.factories import NOW, agent, enquiry, in_hand, line_of, person
from tests.rivals import Rival

pytestmark = pytest.mark.django_db

DAY = timedelta(days=1)


def happenings(found: CrisisLine) -> list[CrisisHappening]:
    return [CrisisHappening(event.kind) for event in found.events.order_by("pk")]


def close(found: CrisisLine, rest: Rest = Rest.MOVED) -> int:
    return crisis.close(crisis=found, rest=rest, reason="It is over.", by=person(), now=NOW + DAY)


def loan(found: CrisisLine) -> Loan:
    return found.loans.get()


class TestOpening:
    def test_makes_a_line_with_promises_staff_and_a_timeline(self) -> None:
        helper = person()

        found = open_crisis(staff=[helper])

        targets = ServiceTarget.objects.filter(line=found.line)
        assert {(t.promise, t.amount, t.unit) for t in targets} == {
            (Promise.FIRST, 4, Unit.HOURS),
            (Promise.FINAL, 2, Unit.DAYS),
        }
        assert happenings(found) == [CrisisHappening.OPENED, CrisisHappening.LENT]
        assert list(Agent.objects.get(person=helper).lines.all()) == [found.line]
        assert Event.objects.filter(action="crisis.opened").count() == 1

    def test_has_figures_from_the_first_minute(self) -> None:
        found = open_crisis(staff=[person()])
        nothing = lines.figures(found, NOW)
        assert (nothing.received, nothing.answer_rate, nothing.on_loan) == (0, None, 1)

        enquiry(body=f"{KEYWORD}, help")

        assert lines.figures(found, NOW).received == 1

    def test_counts_nothing_that_is_restricted(self) -> None:
        found, lead = open_crisis(), person(Role.TEAM_LEAD)
        kept_back = enquiry(body=f"{KEYWORD}, help")
        restricting.restrict(enquiry=kept_back, named=[lead], by=lead, now=NOW)

        told = lines.figures(found, NOW)

        assert (told.received, told.waiting, told.oldest, told.languages) == (0, 0, None, ())

    @pytest.mark.parametrize(
        "keyword", ["FIRES", "2026", "FIRE 2026", "fires2026", "F1", "É2026ABC"]
    )
    def test_needs_a_keyword_that_nobody_writes_by_chance(self, keyword: str) -> None:
        with pytest.raises(crisis.BadKeyword):
            open_crisis(keyword=keyword)

    def test_needs_a_keyword_and_a_mailbox_that_no_open_line_has(self) -> None:
        open_crisis(mailbox="fires@centre.example")

        with pytest.raises(crisis.KeywordTaken):
            open_crisis()
        with pytest.raises(crisis.MailboxTaken):
            open_crisis(keyword="FLOOD2026", mailbox="Fires@centre.example")

    def test_of_a_keyword_that_was_used_before_is_a_line_of_its_own(self) -> None:
        close(open_crisis())

        again = open_crisis(now=NOW + 2 * DAY)

        assert again.line.code == "fires2026-2"
        assert enquiry(body=KEYWORD, now=NOW + 2 * DAY).line == again.line

    def test_that_fails_leaves_nothing(self) -> None:
        helper = person()
        before = Line.objects.count()

        with pytest.raises(lending.LentAlready), transaction.atomic():
            open_crisis(staff=[helper, helper])

        assert (Line.objects.count(), CrisisLine.objects.count()) == (before, 0)

    def test_does_not_begin_after_its_sunset(self) -> None:
        with pytest.raises(crisis.SunsetPassed):
            open_crisis(sunset_on=date(2026, 11, 15))

    def test_is_kept_single_by_the_database_too(self) -> None:
        found = open_crisis()
        other = open_crisis(keyword="FLOOD2026")

        with pytest.raises(IntegrityError), transaction.atomic():
            CrisisLine.objects.filter(pk=other.pk).update(keyword=found.keyword)

    def test_three_templates_are_shipped_and_say_that_they_are_ours(self) -> None:
        templates = CrisisTemplate.objects.all()

        assert len(templates) == 3
        assert all("ours" in template.source for template in templates)


class TestFigures:
    def test_tell_what_waits_is_late_and_is_answered_by_language(self) -> None:
        found = open_crisis()
        oldest = enquiry(line=found.line, language="fr")
        enquiry(line=found.line, now=NOW + DAY)
        self.answer(enquiry(line=found.line))

        told = lines.figures(found, NOW + DAY)

        assert (told.received, told.answered, told.waiting) == (3, 1, 2)
        assert told.late == 1  # four working hours for a first answer
        assert told.oldest == oldest.received_at
        assert told.answer_rate == pytest.approx(100 / 3)
        assert {(each.language, each.received, each.answered) for each in told.languages} == {
            ("English", 2, 1),
            ("French", 1, 0),
        }

    def test_what_waits_for_the_client_is_not_late(self) -> None:
        found = open_crisis()
        by = agent(lines=[found.line])
        held = in_hand(by, enquiry(line=found.line))
        answering.ask_back(
            enquiry=held,
            version=held.version,
            body="Where are you?",
            is_case_specific=False,
            language="en",
            by=by.person,
            now=NOW,
        )

        assert lines.figures(found, NOW + 30 * DAY).late == 0

    def answer(self, found: Enquiry) -> None:
        by = agent(lines=[found.line])
        held = in_hand(by, found)
        answering.answer(
            enquiry=held,
            version=held.version,
            body="Go to the consulate.",
            language="en",
            tier=Tier.GENERAL,
            line_of_business=held.line_of_business,
            is_case_specific=False,
            by=by.person,
            now=NOW,
        )


class TestLoans:
    def test_end_on_their_last_day_and_what_was_in_hand_waits_again(self) -> None:
        helper = agent()
        found = open_crisis(staff=[helper.person])
        held = in_hand(helper, enquiry(line=found.line))
        own = in_hand(helper, enquiry())

        assert lending.return_due(now=NOW) == 0
        later = NOW + timedelta(days=(SUNSET - NOW.date()).days + 1)
        assert lending.return_due(now=later) == 1
        assert lending.return_due(now=later) == 0

        held.refresh_from_db()
        own.refresh_from_db()
        assert (held.state, own.state) == (State.WAITING, State.IN_HAND)
        assert list(helper.lines.all()) == [line_of()]
        assert loan(found).returned_at == later
        assert happenings(found)[-1] == CrisisHappening.RETURNED

    def test_are_one_at_a_time_for_a_person(self) -> None:
        helper = person()
        found = open_crisis(staff=[helper])

        with pytest.raises(lending.LentAlready):
            self.lend(found, helper)
        lending.give_back(loan=loan(found), by=person(), now=NOW)
        self.lend(found, helper)

        assert found.loans.running().count() == 1

    def test_are_not_made_to_a_line_that_is_closed(self) -> None:
        found = open_crisis()
        close(found)

        with pytest.raises(lending.LineClosed):
            self.lend(found, person())

    def lend(self, found: CrisisLine, who: object) -> None:
        lending.lend(
            crisis=found,
            person=who,  # type: ignore[arg-type]  # a person
            home_team="Status team",
            until=SUNSET,
            by=person(Role.TEAM_LEAD),
            now=NOW,
        )


class TestSendingOn:
    def test_what_has_nothing_to_do_with_the_crisis_waits_on_the_public_line(self) -> None:
        found = open_crisis()
        by = agent(lines=[found.line])
        held = in_hand(by, enquiry(line=found.line))
        before = set(held.clocks.values_list("target", "due_at"))

        moved = crisis_rest.send_on(
            enquiry=held, version=held.version, reason="A lost card.", by=by.person, now=NOW
        )

        assert (moved.line, moved.state) == (line_of(), State.WAITING)
        assert set(moved.clocks.values_list("target", "due_at")) == before
        assert moved.messages.filter(direction="note", body="A lost card.").exists()
        told = lines.figures(found, NOW)
        assert (told.received, told.sent_on) == (0, 1)

    def test_is_for_what_lies_on_a_crisis_line(self) -> None:
        by = agent()
        held = in_hand(by, enquiry())

        with pytest.raises(crisis_rest.NotOfACrisis):
            crisis_rest.send_on(
                enquiry=held, version=held.version, reason="?", by=by.person, now=NOW
            )

    def test_is_for_who_has_it_in_hand(self) -> None:
        waiting_one = enquiry(line=open_crisis().line)

        with pytest.raises(changing.NotInHand):
            crisis_rest.send_on(
                enquiry=waiting_one,
                version=waiting_one.version,
                reason="?",
                by=person(),
                now=NOW,
            )


class TestExtending:
    def test_sets_a_later_sunset_with_a_reason(self) -> None:
        found = open_crisis()

        crisis.extend(
            crisis=found,
            sunset_on=SUNSET + 9 * DAY,
            reason="The fires go on.",
            by=person(),
            now=NOW,
        )

        found.refresh_from_db()
        event = found.events.get(kind=CrisisHappening.EXTENDED)
        assert found.sunset_on == event.sunset_after == SUNSET + 9 * DAY
        assert (event.sunset_before, event.reason) == (SUNSET, "The fires go on.")

    @pytest.mark.parametrize("days", [0, -1])
    def test_ends_later_than_before(self, days: int) -> None:
        with pytest.raises(crisis.NotLater):
            crisis.extend(
                crisis=open_crisis(),
                sunset_on=SUNSET + days * DAY,
                reason="?",
                by=person(),
                now=NOW,
            )

    def test_reopens_no_line(self) -> None:
        found = open_crisis()
        close(found)

        with pytest.raises(crisis.ClosedAlready):
            crisis.extend(
                crisis=found, sunset_on=SUNSET + DAY, reason="?", by=person(), now=NOW + DAY
            )


class TestTheSunset:
    @pytest.mark.parametrize(
        ("before", "soon", "past"), [(8, False, False), (7, True, False), (-1, True, True)]
    )
    def test_is_warned_of_from_seven_days_before(self, before: int, soon: bool, past: bool) -> None:
        found = open_crisis()
        today = SUNSET - before * DAY

        assert found.ends_soon(today) == soon
        assert found.is_past_sunset(today) == past

    def test_is_told_to_team_leads_once_for_each_sunset(self) -> None:
        from comptoir.enquiries.actions import telling

        found = open_crisis()
        soon = NOW + timedelta(days=(SUNSET - NOW.date()).days - 7)

        telling.sunsets(now=soon - DAY)
        telling.sunsets(now=soon)
        telling.sunsets(now=soon + DAY)

        notice = Notice.objects.get(kind="enquiries.sunset_near")
        assert (notice.subject_id, notice.version) == (found.pk, SUNSET.toordinal())

    def test_closes_nothing_by_itself(self) -> None:
        found = open_crisis()

        jobs.warn_of_sunset(0)
        jobs.return_staff(0)

        assert Line.objects.open_at(NOW + 300 * DAY).filter(pk=found.line_id).exists()


class TestClosing:
    def test_sends_what_is_open_to_the_public_line_with_its_promises(self) -> None:
        helper = agent(lines=[])
        found = open_crisis(staff=[helper.person])
        waiting_one = enquiry(line=found.line)
        before = set(waiting_one.clocks.values_list("target", "due_at"))

        assert close(found) == 1

        waiting_one.refresh_from_db()
        found.refresh_from_db()
        assert waiting_one.line == line_of()
        assert set(waiting_one.clocks.values_list("target", "due_at")) == before
        assert found.line.closed_at == NOW + DAY
        assert not helper.lines.exists()
        assert happenings(found)[-1] == CrisisHappening.CLOSED

    def test_leaves_what_is_in_a_hand_or_waits_for_the_client_where_it_is(self) -> None:
        found = open_crisis()
        by = agent(lines=[found.line])
        held = in_hand(by, enquiry(line=found.line))

        close(found)

        held.refresh_from_db()
        assert (held.line, held.state, held.assignee) == (line_of(), State.IN_HAND, by.person)

    def test_may_leave_it_on_the_line_for_those_who_stay(self) -> None:
        found = open_crisis()
        by = agent(lines=[found.line])
        left = enquiry(line=found.line)

        close(found, Rest.STAYED)

        assert list(waiting.for_agent(by, NOW + 2 * DAY)) == [left]
        assert taking.take(agent=by, count=1, now=NOW + 2 * DAY) == [left]

    def test_leaves_nothing_to_nobody(self) -> None:
        found = open_crisis(staff=[person()])
        enquiry(line=found.line)

        with pytest.raises(crisis_rest.NobodyLeft):
            close(found, Rest.STAYED)

        found.refresh_from_db()
        assert found.closed_at is None
        assert loan(found).returned_at is None

    def test_twice_changes_nothing(self) -> None:
        found = open_crisis()
        close(found)
        close(found)

        assert happenings(found).count(CrisisHappening.CLOSED) == 1

    def test_frees_keyword_and_mailbox(self) -> None:
        close(open_crisis(mailbox="fires@centre.example"))

        open_crisis(mailbox="fires@centre.example", now=NOW + 2 * DAY)

        assert CrisisLine.objects.open().count() == 1


def test_the_public_is_told_of_open_lines() -> None:
    found = open_crisis()
    assert lines.told_to_the_public(NOW) == [found]

    close(found)

    assert lines.told_to_the_public(NOW + 2 * DAY) == []


def test_clocks_of_an_open_line_run_by_its_own_targets() -> None:
    found = enquiry(line=open_crisis().line)

    assert promises.target_in_force(found.line, Promise.FINAL, NOW.date()).amount == 2


@pytest.mark.django_db(transaction=True)
def test_two_who_open_the_same_line_at_once_open_one() -> None:
    leads = [person(Role.TEAM_LEAD), person(Role.TEAM_LEAD)]
    line_of()

    def attempt(lead: Person) -> bool:
        try:
            open_crisis(by=lead)
        except crisis.KeywordTaken:
            return False
        return True

    rivals = [Rival(partial(attempt, lead)) for lead in leads]

    assert sorted(rival.result() for rival in rivals) == [False, True]
    assert CrisisLine.objects.count() == 1
