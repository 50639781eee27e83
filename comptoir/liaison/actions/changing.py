"""Moving, reassigning and cancelling: the old time is free at once, the record of it stays.

Whoever gives time up late (the office, with less notice than the rule asks) keeps it on its
counters, by moving as by cancelling, unless for a reason that the rule of the day excuses. What the
centre does never counts against an office.

Who decides on a page says which sequence of the appointment was `seen` there. A program that acts on
what it has just read says nothing.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import date, datetime, timedelta

from django.db import transaction

from comptoir.audit import actions as audit
from comptoir.domain import grid
from comptoir.domain.business_days import monday_of
from comptoir.domain.service_day import Admitted
from comptoir.liaison.actions import (
    booking,
    counting,
    crediting,
    locking,
    offering,
    refunding,
    telling,
)
from comptoir.liaison.actions.booking import NotAdmitted, Wish
from comptoir.liaison.models import (
    Appointment,
    AppointmentEvent,
    Claim,
    Decision,
    Happening,
    OfficeWeek,
    Reason,
    Side,
    Status,
)
from comptoir.liaison.queries import confirming, costs, days, rebooking
from comptoir.people.models import Person
from comptoir.roster.models import Professional
from comptoir.ui import clock, statements


class NotChangeable(Exception):
    """The appointment has begun, ended or been cancelled: there is nothing left to change."""


class AtThatTimeAlready(NotChangeable):
    """A move to the time and length that the appointment has: nothing would change."""


class ChangedMeanwhile(NotChangeable):
    """It can be changed, and is no longer what was meant: somebody moved it or gave it to a colleague."""


class NobodyFree(Exception):
    """No colleague (or not the one asked for) is free for that time and speaks its language."""


@locking.patient
def move_appointment(
    *,
    appointment: Appointment,
    starts_at: datetime,
    minutes: int,
    side: Side,
    reason: Reason,
    by: Person,
    now: datetime,
    seed: int,
    note: str = "",
    seen: int | None = None,
) -> Appointment:
    """Give the appointment another time or length, under the rule of the new day.

    Its own time counts as given up first, late if it is late; then `admit` decides. Raises
    NotAdmitted (the appointment stays as it was), NotChangeable in its kinds, locking.DayBusy.
    """
    with transaction.atomic():
        old_on, new_on = (clock.service_date(at) for at in (appointment.starts_at, starts_at))
        published, rules = locking.lock_days([old_on, new_on]), days.load_rules()
        current = _movable(appointment, old_on, side, starts_at, minutes, now, seen)
        rules = rules.of(current.office_id)
        offering.serve_first(published, rules=rules, now=now)
        weeks = locking.lock_weeks(current.office, published)
        event = _given_up(current, rules, Happening.MOVED, side, reason, by, now, note)
        counting.give_up(weeks, old_on, current.quanta, still_counted=event.late_quanta)
        _settle_floor(current, rules, weeks, now, side, to=new_on)
        wish = replace(_same_wish(current), starts_at=starts_at, minutes=minutes)
        loaded = _without(current, new_on, rules, weeks, now)
        answer = booking.ask(loaded, office=current.office, wish=wish, now=now, seed=seed)
        decision = booking.record_decision(
            answer, office=current.office, wish=wish, policy=rules.policy(new_on), by=by,
            now=now, seed=seed, pk=statements.keys(Decision)[0], side=side,
        )  # fmt: skip
        if isinstance(answer, Admitted):
            _place(current, loaded, answer, wish, now)
            counting.add(weeks, new_on, wish.quanta)
            counting.save(weeks)
            _record(event, current, rules, now)
            _close(current, event, by, now)
            telling.moved(current, now=now)
            offering.serve_first(published, rules=rules, now=now)
    if not decision.accepted:
        raise NotAdmitted(decision)
    return current


@locking.patient
def reassign_appointment(
    *,
    appointment: Appointment,
    reason: Reason,
    by: Person,
    now: datetime,
    seed: int,
    note: str = "",
    professional: Professional | None = None,
    seen: int | None = None,
) -> Appointment:
    """Give the appointment to a colleague at the same time: the centre's own affair.

    The office gives up nothing, so neither its share nor the least notice is asked, and its counters
    stay. Without `professional` the best one is taken. Raises NobodyFree, NotChangeable,
    ChangedMeanwhile, DayBusy.
    """
    with transaction.atomic():
        on = clock.service_date(appointment.starts_at)
        locking.lock_days([on])
        current = _changeable(appointment, on, Side.CENTRE, now, seen)
        rules = _rules_of(current)
        loaded = days.load_days(
            dates=[on], office=current.office, rules=rules, now=now, excluding=current
        )[on]
        free = rebooking.stand_ins(_only(loaded, professional).day, current, seed=seed)
        chosen = next(free, None)
        if chosen is None or current.ends_at <= now:
            raise NobodyFree
        event = _given_up(current, rules, Happening.REASSIGNED, Side.CENTRE, reason, by, now, note)
        start = loaded.day.grid.index(current.starts_at)
        _place(current, loaded, Admitted(chosen, start, {}), _same_wish(current), now)
        _record(event, current, rules, now)
        _close(current, event, by, now)
        telling.reassigned(current, now=now)
    return current


@locking.patient
def cancel_appointment(
    *,
    appointment: Appointment,
    side: Side,
    reason: Reason,
    by: Person | None,
    now: datetime,
    note: str = "",
    seen: int | None = None,
) -> Appointment:
    """Give the appointment up: its time is free at once. Raises NotChangeable, ChangedMeanwhile,
    locking.DayBusy.
    """
    with transaction.atomic():
        on = clock.service_date(appointment.starts_at)
        published, rules = locking.lock_days([on]), days.load_rules()
        current = _changeable(appointment, on, side, now, seen)
        weeks = locking.lock_weeks(current.office, [on])
        rules = rules.of(current.office_id)
        event = _given_up(current, rules, Happening.CANCELLED, side, reason, by, now, note)
        counting.give_up(weeks, on, current.quanta, still_counted=event.late_quanta)
        _settle_floor(current, rules, weeks, now, side)
        counting.save(weeks)
        Claim.objects.filter(appointment=current).delete()
        current.status = Status.CANCELLED
        current.sequence += 1
        current.save(update_fields=["status", "sequence"])
        _record(event, current, rules, now)
        _close(current, event, by, now)
        if side == Side.CENTRE:
            crediting.give(appointment=current, reason=reason, now=now)
        telling.cancelled(current, now=now)
        offering.serve_first(published, rules=rules, now=now)
    return current


def is_excused(appointment: Appointment, reason: Reason, rules: days.Rules) -> bool:
    """Whether the rule of its day does not count time that is given up late for this reason."""
    own = rules.of(appointment.office_id)
    policy = own.policy(clock.service_date(appointment.starts_at))
    return policy is not None and reason in policy.excusing_reasons


def _rules_of(appointment: Appointment) -> days.Rules:
    """Those that the appointment's office is under."""
    return days.load_rules().of(appointment.office_id)


def _changeable(
    appointment: Appointment, on: date, side: Side, now: datetime, seen: int | None
) -> Appointment:
    """The row as it stands, locked; raises NotChangeable if it began or ended.

    An office can change nothing once the time has come. The centre can, as long as nobody began: a
    professional who fell ill that morning leaves appointments that were missed by the centre.

    Raises ChangedMeanwhile if its sequence is not the one that was `seen`. The days were locked by
    what the caller knew of it: one that left the day `on` is not what the caller meant either.
    """
    related = Appointment.objects.select_related(
        "office__district", "booked_by", "professional__person"
    )
    current = related.select_for_update(of=("self",), no_key=True).get(pk=appointment.pk)
    too_late = side == Side.OFFICE and current.starts_at <= now
    if current.status != Status.BOOKED or too_late:
        raise NotChangeable
    moved_away = clock.service_date(current.starts_at) != on
    if moved_away or seen not in (None, current.sequence):
        raise ChangedMeanwhile
    return current


def _movable(
    appointment: Appointment,
    on: date,
    side: Side,
    starts_at: datetime,
    minutes: int,
    now: datetime,
    seen: int | None,
) -> Appointment:
    """As `_changeable`; raises AtThatTimeAlready if the time asked for is the one it has."""
    current = _changeable(appointment, on, side, now, seen)
    if (starts_at, minutes) == (current.starts_at, current.minutes):
        raise AtThatTimeAlready
    return current


def _given_up(
    appointment: Appointment,
    rules: days.Rules,
    kind: Happening,
    side: Side,
    reason: Reason,
    by: Person | None,
    now: datetime,
    note: str,
) -> AppointmentEvent:
    """The event, not yet saved, of giving up the time the appointment has now."""
    late = side == Side.OFFICE and costs.of(appointment, rules, now).late
    excused = late and is_excused(appointment, reason, rules)
    return AppointmentEvent(
        appointment=appointment,
        kind=kind,
        at=now,
        by=by,
        side=side,
        reason=reason,
        note=note,
        notice_minutes=(appointment.starts_at - now) // timedelta(minutes=1),
        late_quanta=appointment.quanta if late and not excused else 0,
        excused_quanta=appointment.quanta if excused else 0,
        from_starts_at=appointment.starts_at,
        from_quanta=appointment.quanta,
        from_professional=appointment.professional,
    )


def _record(
    event: AppointmentEvent, appointment: Appointment, rules: days.Rules, now: datetime
) -> None:
    """Write the event; what it gave up late is charged until taken, what is taken now no longer."""
    event.save()
    if _has_classes(rules, event.from_starts_at):
        refunding.leave_pending(event=event, now=now)
    if appointment.status == Status.BOOKED and _has_classes(rules, appointment.starts_at):
        refunding.refund(taken=appointment, now=now)


def _has_classes(rules: days.Rules, at: datetime | None) -> bool:
    rule = rules.on(clock.service_date(at)) if at is not None else None
    return rule is not None and rule.nesting is not None


def _settle_floor(
    appointment: Appointment,
    rules: days.Rules,
    weeks: Mapping[date, OfficeWeek],
    now: datetime,
    side: Side,
    to: date | None = None,
) -> None:
    """Mark the floor of the day that is left as gone, if the office cannot be owed it again.

    A single quarter hour always can: what was given up is one. A move `to` the same day leaves none.
    What the centre takes away is owed again in any case, though there may be no room for it.
    """
    if side == Side.CENTRE:
        return
    on = clock.service_date(appointment.starts_at)
    rule = rules.on(on)
    if rule is None or rule.nesting is None or rule.nesting.floor <= 1 or on == to:
        return
    day = _without(appointment, on, rules, weeks, now).day
    share = day.shares.get(appointment.office_id)
    if share is not None and not share.owed and day.use[appointment.office_id].day == 0:
        weeks[monday_of(on)].floor_gone[on.weekday()] = True


def _without(
    appointment: Appointment,
    on: date,
    rules: days.Rules,
    weeks: Mapping[date, OfficeWeek],
    now: datetime,
) -> days.LoadedDay:
    """A day as it would be if the appointment had been given up, its office's counters too."""
    return days.load_days(
        dates=[on],
        office=appointment.office,
        rules=rules,
        now=now,
        excluding=appointment,
        weeks=weeks.values(),
    )[on]


def _same_wish(appointment: Appointment) -> Wish:
    """What was asked for when it was booked, as it stands now."""
    return Wish(
        appointment.starts_at,
        appointment.minutes,
        appointment.language,
        appointment.mode,
        appointment.telephone,
        appointment.video_link,
    )


def _only(loaded: days.LoadedDay, professional: Professional | None) -> days.LoadedDay:
    if professional is None:
        return loaded
    hours = tuple(h for h in loaded.day.hours if h.professional == professional.pk)
    return replace(loaded, day=replace(loaded.day, hours=hours))


def _place(
    appointment: Appointment, loaded: days.LoadedDay, answer: Admitted, wish: Wish, now: datetime
) -> None:
    """Exchange the claims and write the new time.

    Another time is to be confirmed anew, unless it is too near to be asked about.
    """
    if wish.starts_at != appointment.starts_at:
        is_asked_about = confirming.is_asked_about(wish.starts_at, now)
        appointment.confirmed_at = None if is_asked_about else now
    Claim.objects.filter(appointment=appointment).delete()
    appointment.day_id = loaded.row_id()
    appointment.professional_id = answer.professional
    appointment.starts_at = wish.starts_at
    appointment.ends_at = wish.starts_at + wish.quanta * grid.QUANTUM
    appointment.sequence += 1
    appointment.save(
        update_fields=[
            "day_id",
            "professional_id",
            "starts_at",
            "ends_at",
            "sequence",
            "confirmed_at",
        ]  # fmt: skip
    )
    booking.claim(appointment, loaded, answer.start)


def _close(
    appointment: Appointment, event: AppointmentEvent, by: Person | None, now: datetime
) -> None:
    """The end of every change: the trail gets its row, and a hold that led to it is used."""
    booking.use_hold(appointment)
    audit.record(
        action=f"appointment.{event.kind}",
        subject=appointment,
        by=by,
        now=now,
        office_id=appointment.office_id,
        detail={"side": event.side, "reason": event.reason, "notice_minutes": event.notice_minutes},
    )
