"""Laws of admission on small days of any shape, against the twin that answers by trying everything."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, datetime, time, timedelta
from random import Random
from zoneinfo import ZoneInfo

from hypothesis import given, settings
from hypothesis import strategies as st

from comptoir.domain.admission import admit, admit_at, offers
from comptoir.domain.grid import Grid
from comptoir.domain.rule import SharingRule
from comptoir.domain.service_day import (
    Admitted,
    Day,
    ProfessionalHours,
    Reason,
    Refused,
    Request,
    Reserve,
    Use,
)
from comptoir.domain.share import Nesting, Owed, Share
from tests.domain import twin

ON = date(2026, 11, 24)
NINE = datetime.combine(ON, time(9), ZoneInfo("America/Montreal"))
OFFICE, OTHER = 7, 8
ENGLISH, FRENCH, BOTH = frozenset({"en"}), frozenset({"fr"}), frozenset({"en", "fr"})

SMALL = 7
MASKS = st.integers(0, 2**SMALL - 1)
LANGUAGES = st.sampled_from([ENGLISH, FRENCH, BOTH])
RESERVES = st.builds(
    Reserve, mask=MASKS, offices=st.frozensets(st.sampled_from([OFFICE, OTHER]), max_size=2)
)
RULES = st.builds(
    lambda day, more, lengths, notice: SharingRule(
        version=1,
        minutes_per_day=day * 15,
        minutes_per_week=(day + more) * 15,
        lengths=tuple(sorted(lengths)),
        horizon_business_days=10,
        least_notice_minutes=notice,
        late_notice_minutes=120,
        late_counts=True,
    ),
    st.integers(0, 6),
    st.integers(0, 6),
    st.sets(st.sampled_from([15, 30, 45, 60])),
    st.sampled_from([0, 10, 15, 40]),
)
USES = st.builds(Use, day=st.integers(0, 4), week=st.integers(0, 8))


@st.composite
def small_days(draw: st.DrawFn) -> Day:
    """One to three professionals, seven quarter hours, any masks, any rule."""
    hours = tuple(
        ProfessionalHours(
            number,
            draw(LANGUAGES),
            offered=draw(MASKS),
            taken=draw(MASKS),
            reserves=tuple(draw(st.lists(RESERVES, max_size=2))),
        )
        for number in range(1, draw(st.integers(0, 3)) + 1)
    )
    return Day(
        on=ON,
        grid=Grid(NINE, SMALL),
        rule=draw(st.none() | RULES),
        last_bookable=draw(st.sampled_from([ON, ON, ON, ON - timedelta(days=1)])),
        first_bookable=draw(st.sampled_from([ON, ON, ON, ON + timedelta(days=1)])),
        closed=draw(st.booleans()),
        hours=hours,
        use=draw(st.dictionaries(st.sampled_from([OFFICE, OTHER]), USES)),
    )


NESTINGS = st.builds(
    Nesting,
    floor_minutes=st.sampled_from([0, 15, 30, 45]),
    miss_per_mille=st.sampled_from([0, 10, 300]),
    take_up_percent=st.sampled_from([0, 80, 100]),
    day_cap_percent=st.sampled_from([40, 100]),
    holding_percent=st.sampled_from([0, 100]),
    least_held_minutes=st.sampled_from([0, 30, 180]),
    ramp_minutes=st.sampled_from([30, 360]),
    standby_minutes=st.sampled_from([0, 60]),
)
SHARES = st.builds(
    Share,
    allowance=st.integers(0, 8),
    held=st.integers(0, 4),
    owed=st.booleans(),
    chance=st.sampled_from([0.1, 0.5, 1.0]),
)
OWED = st.builds(
    Owed,
    offices=st.integers(0, 9),
    mean=st.floats(0, 6),
    variance=st.floats(0, 3),
    allowances=st.integers(0, 20),
    days_left=st.integers(1, 5),
)


@st.composite
def nested_days(draw: st.DrawFn) -> Day:
    """The same days under limits mostly so wide that the classes have something to say."""
    day = draw(small_days())
    rule = SharingRule(
        version=1, minutes_per_day=draw(st.sampled_from([60, 120, 120])),
        minutes_per_week=draw(st.sampled_from([120, 240, 240])), lengths=(15, 30, 45, 60),
        horizon_business_days=10, least_notice_minutes=0, late_notice_minutes=120,
        late_counts=True, nesting=draw(NESTINGS),
    )  # fmt: skip
    return replace(
        day,
        rule=rule,
        first_bookable=ON,
        last_bookable=ON,
        owed=draw(OWED),
        shares=draw(st.dictionaries(st.sampled_from([OFFICE, OTHER]), SHARES)),
        released_at=draw(st.sampled_from([None, NINE - timedelta(minutes=30)])),
    )


ANY_DAYS = st.one_of(small_days(), nested_days())

REQUESTS = st.builds(
    Request,
    office=st.sampled_from([OFFICE, OTHER]),
    quanta=st.integers(1, 4),
    language=st.sampled_from(["en", "fr"]),
    start=st.none() | st.integers(0, SMALL - 1),
    professional=st.sampled_from([None, None, 1, 2]),
    office_active=st.sampled_from([True, True, True, False]),
    seed=st.integers(0, 5),
)
MOMENTS = st.integers(-60, 120).map(lambda minutes: NINE + timedelta(minutes=minutes))
THOROUGH = settings(max_examples=400)


@THOROUGH
@given(ANY_DAYS, REQUESTS, MOMENTS)
def test_what_is_offered_is_exactly_what_trying_every_start_finds(
    day: Day, request: Request, now: datetime
) -> None:
    assert twin.places(offers(day, request, now)) == twin.offered_starts(day, request, now)


@THOROUGH
@given(ANY_DAYS, REQUESTS, MOMENTS)
def test_what_is_offered_is_exactly_what_would_be_granted(
    day: Day, request: Request, now: datetime
) -> None:
    would_be = {
        start
        for start in range(SMALL)
        if isinstance(admit(day, replace(request, start=start), now), Admitted)
    }

    assert twin.places(offers(day, request, now)) == would_be


@THOROUGH
@given(ANY_DAYS, REQUESTS, MOMENTS)
def test_a_grant_is_a_true_time_of_a_preferred_professional(
    day: Day, request: Request, now: datetime
) -> None:
    answer = admit(day, request, now)
    starts = twin.offered_starts(day, request, now)

    if isinstance(answer, Admitted):
        wanted = min(starts) if request.start is None else request.start
        assert answer.start == wanted
        assert answer.start in starts
        assert answer.professional in twin.preferred(day, request, answer.start, now)
        given = twin.class_of(day, request, answer.professional, answer.start, now)
        assert answer.of_class == given
    else:
        assert starts == set() if request.start is None else request.start not in starts


@THOROUGH
@given(small_days(), REQUESTS, MOMENTS)
def test_a_refusal_names_the_first_thing_that_stands_in_the_way(
    day: Day, request: Request, now: datetime
) -> None:
    answer = admit(day, request, now)
    if isinstance(answer, Admitted):
        return
    by_rule = twin.refused_by_rule(day, request)

    if by_rule is not None:
        assert answer.reason is by_rule
    elif request.start is None:
        assert answer.reason is Reason.NO_TIME
    else:
        assert answer.reason is twin.refused_by_calendar(day, request, request.start, now)


OF_THE_CLASSES = {Reason.HOLDS_TOO_MUCH, Reason.KEPT, Reason.WOULD_SPLIT}
OF_THE_LENGTH = {Reason.NO_TIME, Reason.TIME_TAKEN, Reason.DAY_LIMIT, Reason.WEEK_LIMIT}


@THOROUGH
@given(nested_days(), REQUESTS, MOMENTS)
def test_the_classes_refuse_only_what_would_fit(day: Day, request: Request, now: datetime) -> None:
    """And say nothing of what the limits or the calendar refuse: those are told in their own words."""
    answer = admit(day, request, now)
    without = replace(day, rule=replace(day.rule, nesting=None)) if day.rule else day

    plain = admit(without, request, now)

    if isinstance(answer, Refused) and answer.reason in OF_THE_CLASSES:
        assert isinstance(plain, Admitted)
    elif isinstance(answer, Refused):
        assert isinstance(plain, Refused)
        assert plain.reason is answer.reason


@THOROUGH
@given(nested_days(), REQUESTS, MOMENTS)
def test_the_floor_is_offered_instead_exactly_where_it_would_be_granted(
    day: Day, request: Request, now: datetime
) -> None:
    answer = admit(day, request, now)

    if isinstance(answer, Refused):
        for_so_much = answer.reason in OF_THE_CLASSES | OF_THE_LENGTH
        expected = twin.floor_instead(day, request, now) if for_so_much else 0
        assert answer.counters.get("instead", 0) == expected
        shorter = replace(request, quanta=expected, start=None)
        assert not expected or isinstance(admit(day, shorter, now), Admitted)


@THOROUGH
@given(small_days(), REQUESTS, MOMENTS, st.integers(-30, 15 * SMALL + 30))
def test_an_instant_is_granted_exactly_when_it_is_an_offered_quarter_hour(
    day: Day, request: Request, now: datetime, minutes: int
) -> None:
    instant = NINE + timedelta(minutes=minutes)

    answer = admit_at(day, request, instant, now)

    starts = twin.offered_starts(day, request, now)
    assert isinstance(answer, Admitted) is (minutes % 15 == 0 and minutes // 15 in starts)
    if isinstance(answer, Refused) and instant < now:
        by_rule = twin.refused_by_rule(day, request)
        assert answer.reason is (by_rule or Reason.PAST)


@given(small_days(), REQUESTS, MOMENTS, st.randoms(use_true_random=False))
def test_the_order_in_which_professionals_are_listed_is_irrelevant(
    day: Day, request: Request, now: datetime, random: Random
) -> None:
    hours = list(day.hours)
    random.shuffle(hours)

    assert admit(replace(day, hours=tuple(hours)), request, now) == admit(day, request, now)


@given(small_days(), REQUESTS, MOMENTS)
def test_another_offices_use_changes_nothing(day: Day, request: Request, now: datetime) -> None:
    alone = {office: use for office, use in day.use.items() if office == request.office}

    assert admit(replace(day, use=alone), request, now) == admit(day, request, now)


@given(small_days(), REQUESTS, MOMENTS, st.sampled_from([1, 2, 3]), MASKS)
def test_a_time_that_is_freed_takes_no_offer_away(
    day: Day, request: Request, now: datetime, number: int, freed: int
) -> None:
    """And it is offered at once: only `taken` says what is taken."""
    after = replace(
        day,
        hours=tuple(
            replace(h, taken=h.taken & ~freed) if h.professional == number else h for h in day.hours
        ),
    )

    before = offers(day, request, now)
    assert offers(after, request, now) & before == before


@given(small_days(), REQUESTS, MOMENTS, st.timedeltas(timedelta(0), timedelta(hours=2)))
def test_waiting_takes_offers_away_and_adds_none(
    day: Day, request: Request, now: datetime, wait: timedelta
) -> None:
    later = offers(day, request, now + wait)

    assert offers(day, request, now) & later == later


@given(small_days(), st.lists(REQUESTS, max_size=12), MOMENTS)
def test_whatever_is_asked_no_quarter_hour_is_given_twice(
    day: Day, requests: list[Request], now: datetime
) -> None:
    """Each grant is written into the day; the sum of what was granted never overlaps."""
    given_out: set[tuple[int, int]] = set()
    for request in requests:
        answer = admit(day, request, now)
        if isinstance(answer, Refused):
            continue
        quarters = {answer.start + i for i in range(request.quanta)}
        claimed = {(answer.professional, i) for i in quarters}
        assert not claimed & given_out
        given_out |= claimed
        day = after_grant(day, request, answer.professional, quarters)

    for hours in day.hours:
        mine = {i for professional, i in given_out if professional == hours.professional}
        assert mine <= twin.places(hours.offered)


def after_grant(day: Day, request: Request, professional: int, quarters: set[int]) -> Day:
    """The day as it stands once the grant is written down."""
    use = day.use.get(request.office, Use())
    added = Use(use.day + request.quanta, use.week + request.quanta)
    return replace(
        day,
        use={**day.use, request.office: added},
        hours=tuple(
            replace(h, taken=h.taken | twin.mask_of(quarters))
            if h.professional == professional
            else h
            for h in day.hours
        ),
    )
