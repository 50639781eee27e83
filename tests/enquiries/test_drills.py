"""A drill: worked like a crisis, named on every page and mail, and in no figure at all."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import Any

import pytest
from django.utils import translation

from comptoir.audit.models import Event
from comptoir.enquiries import jobs
from comptoir.enquiries.actions import (
    answering,
    changing,
    crisis,
    crisis_rest,
    reopening,
    taking,
)
from comptoir.enquiries.models import CrisisLine, Enquiry, Rest, State, Tier
from comptoir.enquiries.queries import after_action, drills, messages, met, targets, waiting
from comptoir.enquiries.queries import crisis as lines
from comptoir.ledger import queries as ledger
from comptoir.ledger.models import Contact
from comptoir.notices.models import Notice
from tests.enquiries.crises import open_crisis
from tests.enquiries.factories import NOW, agent, enquiry, in_hand, line_of, person

pytestmark = pytest.mark.django_db

DAY = timedelta(days=1)
TODAY = date(2026, 11, 16)
DRILL = "DRILL2026"


def drill(**values: Any) -> CrisisLine:
    return open_crisis(keyword=DRILL, is_drill=True, **values)


def answer(found: Enquiry, now: datetime = NOW) -> None:
    by = agent(lines=[found.line])
    held = in_hand(by, found)
    answering.answer(
        enquiry=held,
        version=held.version,
        body="Noted.",
        language="en",
        tier=Tier.GENERAL,
        line_of_business=held.line_of_business,
        is_case_specific=False,
        by=by.person,
        now=now,
    )


def every_figure() -> dict[str, Any]:
    """All that the house counts of enquiries, on the day after."""
    now = NOW + DAY
    kept = met.met(first=TODAY, last=TODAY + DAY, now=now + 30 * DAY)
    reader = agent()
    return {
        "kept": [(row.line.code, row.promise, row.own, row.under_other) for row in kept],
        "ledger": ledger.figures(first_on=TODAY, until_on=TODAY + 2 * DAY, by=["line", "outcome"]),
        "contacts": Contact.objects.count(),
        "tiles": [
            lines.figures(each.crisis, now)
            for each in lines.tiles(now)
            if not each.crisis.line.is_drill
        ],
        "told": [each.line.code for each in lines.told_to_the_public(now)],
        "lines": [each.line.code for each in targets.of_lines(TODAY)],
        "waiting": waiting.for_agent(reader, now).count(),
    }


def real_work() -> CrisisLine:
    real = open_crisis()
    enquiry(line=real.line)
    answer(enquiry(line=real.line))
    answer(enquiry())
    enquiry(language="fr")
    return real


def exercise() -> CrisisLine:
    """One of each thing that can happen in a drill."""
    found = drill(staff=[person()])
    answer(enquiry(body=f"{DRILL} help"))
    by = agent(lines=[found.line])
    sent = in_hand(by, enquiry(line=found.line))
    crisis_rest.send_on(
        enquiry=sent, version=sent.version, reason="Unrelated", by=by.person, now=NOW
    )
    held = in_hand(by, enquiry(line=found.line))
    answering.ask_back(
        enquiry=held,
        version=held.version,
        body="Where?",
        language="en",
        is_case_specific=False,
        by=by.person,
        now=NOW,
    )
    enquiry(line=found.line)
    return found


def test_every_figure_is_the_same_with_and_without_a_drill() -> None:
    real_work()
    before = every_figure()
    assert before["kept"]
    assert before["ledger"]
    assert before["waiting"] == 1

    found = exercise()
    assert every_figure() == before

    crisis.close(crisis=found, rest=Rest.MOVED, reason="Over", by=person(), now=NOW)
    assert every_figure() == before


def test_its_own_page_counts_it() -> None:
    found = exercise()

    told = lines.figures(found, NOW)

    assert (told.received, told.answered, told.ended) == (4, 1, 1)
    assert (told.waiting, told.sent_on) == (1, 1)


def test_what_ended_with_it_is_not_answered() -> None:
    found = exercise()
    crisis.close(crisis=found, rest=Rest.ENDED, reason="Over", by=person(), now=NOW + DAY)

    told = lines.figures(found, NOW + DAY)

    assert (told.received, told.answered, told.ended, told.waiting) == (4, 1, 3, 0)
    assert told.answer_rate == 25
    assert [(each.received, each.answered) for each in told.languages] == [(4, 1)]
    rows = {str(row[0]): row[1:] for row in after_action.rows(found, NOW + DAY)}
    assert rows["answered"] == [1]
    assert rows["ended"] == [3]
    assert rows["answer_rate_percent"] == ["25.0"]


def test_what_was_opened_again_and_answered_is_answered() -> None:
    found = exercise()
    (over,) = Enquiry.objects.filter(drills.ended(), line=found.line)
    reopening.go_on(enquiry=over, at=NOW + DAY, now=NOW + DAY)
    answer(over, now=NOW + DAY)

    told = lines.figures(found, NOW + DAY)

    assert (told.answered, told.ended) == (2, 0)


def test_everything_open_ends_with_it_whatever_was_chosen() -> None:
    found = exercise()

    crisis.close(crisis=found, rest=Rest.MOVED, reason="Over", by=person(), now=NOW)

    found.refresh_from_db()
    assert found.rest == Rest.ENDED
    of_it = Enquiry.objects.filter(line=found.line)
    assert {each.state for each in of_it} == {State.ANSWERED}
    assert not any(each.clocks.running().exists() for each in of_it)
    assert Event.objects.filter(action="enquiry.ended_with_drill").count() == 3


def test_nothing_leaves_it_for_a_real_line_or_enters_it() -> None:
    found = drill()
    by = agent(lines=[found.line])
    held = in_hand(by, enquiry(line=found.line))

    with pytest.raises(changing.OfADrill):
        taking.transfer(enquiry=held, version=held.version, to=line_of(), by=by.person, now=NOW)
    real = in_hand(by, enquiry())
    with pytest.raises(changing.OfADrill):
        taking.transfer(enquiry=real, version=real.version, to=found.line, by=by.person, now=NOW)


def test_is_named_in_front_of_its_line_in_both_languages() -> None:
    found = drill()

    assert found.line.name == "DRILL – Wildfires"
    with translation.override("fr"):
        assert found.line.name == "EXERCICE – Feux de forêt"


def test_is_named_in_its_mail() -> None:
    enquiry(line=drill().line)
    kind = next(kind for kind in messages.KINDS if kind.name == messages.RECEIVED)
    notice = Notice.objects.get(kind=messages.RECEIVED)

    assert kind.context is not None
    assert subject(kind.template, "en", notice.subject_id).startswith("DRILL – ")
    assert subject(kind.template, "fr", notice.subject_id).startswith("EXERCICE – ")


def subject(template: str, language: str, key: int) -> str:
    from django.template.loader import render_to_string

    found = Enquiry.objects.select_related("line").get(pk=key)
    words = {
        "language": language,
        "reference": found.reference,
        "is_drill": found.line.is_drill,
    }
    return render_to_string(f"{template}.subject.txt", words)


def test_is_told_to_nobody_outside() -> None:
    drill()

    assert lines.told_to_the_public(NOW) == []


def test_its_clocks_are_checked_like_all_others(caplog: pytest.LogCaptureFixture) -> None:
    enquiry(line=drill().line)

    jobs.check_clocks(0)

    assert not [record for record in caplog.records if record.levelname == "ERROR"]
