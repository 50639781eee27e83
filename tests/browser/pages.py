"""Every named address of the product and how a browser comes to see it: the table of the sweep.

A name that is missing here fails a test. `VISITS` are pages, each seen by somebody for whom it is;
`NOT_PAGES` says of every other name what it is.
"""

from __future__ import annotations

from datetime import date, time, timedelta
from typing import Any

from allauth.mfa.models import Authenticator

from comptoir.liaison.actions import waiting
from comptoir.liaison.models import Policy, WaitingEntry
from comptoir.liaison.queries import days, horizon
from comptoir.notices import actions as notices
from comptoir.people import invitation_links, lock
from comptoir.people.models import Grant, Office, OfficeStatus, Role
from comptoir.people.sessions import SessionStore
from comptoir.ui import clock
from tests.browser import agents, asking, lines, mails, matters
from tests.browser.visit import Arguments, Visit
from tests.browser.visiting import Visitor
from tests.browser.world import AWAY, NEW_STAFF, NEWCOMER, STRANGER, World
from tests.liaison.factories import PolicyFactory, opening_wish, waiting_entry

NEVER = {"start": "2026-11-21T15:00Z", "minutes": "30", "language": "en"}
"""A Saturday."""


def office(world: World) -> tuple[Any, ...]:
    return (world.office.reference,)


def appointment(which: str) -> Arguments:
    return lambda world: (getattr(world, which).reference,)


def decision(world: World) -> tuple[Any, ...]:
    return (world.booked.decision_id,)


def served(number: int) -> Arguments:
    return lambda world: (world.served[number].reference,)


def person(role: str) -> Arguments:
    return lambda world: (world.people[role].pk,)


def office_of(status: str) -> Arguments:
    return lambda world: (Office.objects.filter(status=status)[0].reference,)


def grant(world: World) -> tuple[Any, ...]:
    return (Grant.objects.filter(office=world.office, role=Role.DELEGATE)[0].pk,)


def point(kind: str) -> Arguments:
    return lambda world: (world.office.reference, getattr(world.office, kind).order_by("pk")[0].pk)


def professional(world: World) -> tuple[Any, ...]:
    return (world.people[Role.PROFESSIONAL].professional.code,)


def pilot(world: World) -> tuple[Any, ...]:
    return (world.pilot.pk,)


def passkey(world: World) -> tuple[Any, ...]:
    return (Authenticator.objects.get(user=world.people[AUDITOR], type="webauthn").pk,)


def to_the_form(visitor: Visitor, world: World) -> None:
    """Choose the first time that is offered."""
    visitor.go("liaison:times", world.office.reference)
    visitor.page.locator(".times .time").first.click()
    visitor.ready()


def to_no_answer(visitor: Visitor, world: World) -> None:
    """Search for words that nobody wrote."""
    visitor.go("liaison:answers", world.office.reference)
    visitor.page.locator("input[name=words]").fill("zzz")
    visitor.press("Search")
    visitor.page.locator(".empty-state").wait_for()
    visitor.ready()


def to_an_offer(visitor: Visitor, world: World) -> None:
    """Wait for any time there is: some is free, and is offered at once."""
    now = clock.now()
    dates = days.bookable_dates(days.load_rules(), now)
    waiting_entry(world.office, now=now, first_on=dates[1], last_on=dates[-1])
    visitor.go("liaison:waiting", world.office.reference)


def collect_wishes() -> None:
    """From today on wishes are collected the whole day long."""
    today = clock.service_date(clock.now())
    if not Policy.objects.filter(batch_minutes__gt=0, valid_from__lte=today).exists():
        PolicyFactory.create(valid_from=today, opens_at=time(0), batch_minutes=1439)


def to_the_wishes(visitor: Visitor, world: World) -> None:
    """Two wishes for the day that opens."""
    collect_wishes()
    now = clock.now()
    opens = horizon.opens_today(days.load_rules().policy(clock.service_date(now)), now)
    assert opens is not None
    for _ in range(2):
        opening_wish(world.office, now=clock.now(), first_on=opens.on, last_on=opens.on)
    visitor.go("liaison:opening", world.office.reference)


def to_a_wish(visitor: Visitor, world: World) -> None:
    """The form for one more."""
    collect_wishes()
    visitor.go("liaison:wish", world.office.reference)


def tomorrow(world: World) -> tuple[Any, ...]:
    """The next day that can be booked."""
    now = clock.now()
    return (days.bookable_dates(days.load_rules(), now)[1],)


def to_who_waits(visitor: Visitor, world: World) -> None:
    """An office waits for tomorrow."""
    (on,) = tomorrow(world)
    waiting_entry(world.office, now=clock.now(), first_on=on, last_on=on)
    visitor.go("liaison:board-waiting", on)


def withdrawn(world: World) -> None:
    """The office waits for nothing again."""
    for entry in WaitingEntry.objects.live():
        waiting.withdraw(entry=entry, by=entry.person, now=clock.now())


def to_the_new_feed(visitor: Visitor, world: World) -> None:
    """Make a calendar address, which is shown once."""
    visitor.go("liaison:office", world.office.reference)
    visitor.page.locator("form[action$='/feeds/'] button").click()
    visitor.ready()


def to_the_code(visitor: Visitor, world: World) -> None:
    """Ask for a code."""
    visitor.go("account_login")
    visitor.type("E-mail address", world.people[Role.DELEGATE].email)
    visitor.press("Send me a code")
    visitor.heading("Enter the code")
    visitor.ready()


def to_the_second_factor(visitor: Visitor, world: World) -> None:
    """Give the code of somebody who has an authenticator app."""
    visitor.go("account_login")
    address = world.people[Role.PROFESSIONAL].email
    visitor.type("E-mail address", address)
    visitor.press("Send me a code")
    visitor.heading("Enter the code")
    visitor.type("Code", visitor.post.code(address))
    visitor.press("Sign in")
    visitor.heading("Second factor")
    visitor.ready()


def to_the_stopped_sending(visitor: Visitor, world: World) -> None:
    """Stop all sending."""
    notices.stop(by=world.people[LEAD], reason="A test", now=world.now)
    visitor.go("people:notices-resume")


def send_again(world: World) -> None:
    notices.resume(by=world.people[LEAD], now=world.now)


def to_the_day_with_appointments(visitor: Visitor, world: World) -> None:
    """Ask to close a day on which something is booked."""
    visitor.go("roster:add-closed-day")
    visitor.date("Date", clock.service_date(world.now))
    visitor.type("Name in English", "Storm")
    visitor.type("Name in French", "Tempête")
    visitor.type("Why the centre is closed", "Snow")
    visitor.press("Close the day")
    visitor.page.locator("button[name=confirmed]").wait_for()
    visitor.ready()


def to_the_comparison(visitor: Visitor, world: World) -> None:
    """Write another version of the rule."""
    visitor.go("liaison:new-rule")
    visitor.date("In force from", clock.service_date(world.now) + timedelta(days=30))
    visitor.type("Minutes a day for each office", "90")
    visitor.tick("Keep hours for offices that have not had their share")
    visitor.press("Compare with the rule before it")
    visitor.page.locator("button[name=seen]").wait_for()
    visitor.ready()


def to_the_planned_pilot(visitor: Visitor, world: World) -> None:
    """Plan another pilot."""
    visitor.go("liaison:new-pilot")
    visitor.type("Name in English", "Soft launch")
    visitor.type("Name in French", "Lancement progressif")
    visitor.type("What the pilot is for, in English", "To see.")
    visitor.type("What the pilot is for, in French", "Pour voir.")
    visitor.tick("A group of offices, for the whole time")
    visitor.tick("The offices that have been here longest: a soft launch")
    visitor.type("How many offices", "3")
    visitor.date("First day of the pilot", clock.service_date(world.now) + timedelta(days=60))
    visitor.date(
        "Day on which the common rule holds again", clock.service_date(world.now) + timedelta(90)
    )
    visitor.tick("Requests: how many times offices asked")
    visitor.type("Minutes a day for each office", "90")
    visitor.press("Look at it before it is set")
    visitor.page.locator("button[name=seen]").wait_for()
    visitor.ready()


def to_the_lock(visitor: Visitor, world: World) -> None:
    """Come back to a session that has locked."""
    for session in world.people[AWAY].sessions.all():
        store = SessionStore(session.session_key)
        store[lock.LOCKED_KEY] = True
        store.save()
    visitor.go("people:account")


def to_the_confirmation(visitor: Visitor, world: World) -> None:
    """Say who follows in the office's seat."""
    visitor.go("people:office-transfer", world.office.reference)
    visitor.type("Name of the new legislator", "Nova Testwright")
    visitor.date("First day of the new mandate", clock.service_date(world.now))
    visitor.press("Go on")
    visitor.ready()


def today(world: World) -> tuple[Any, ...]:
    return (clock.service_date(world.now),)


def version(world: World) -> tuple[Any, ...]:
    today = clock.service_date(world.now)
    return (Policy.objects.filter(valid_from__lte=today).order_by("version")[0].version,)


DELEGATE, MANAGER = str(Role.DELEGATE), str(Role.OFFICE_MANAGER)
PROFESSIONAL, LEAD = str(Role.PROFESSIONAL), str(Role.TEAM_LEAD)
OWNER, AUDITOR = str(Role.POLICY_OWNER), str(Role.AUDITOR)
ADMINISTRATOR = str(Role.ADMINISTRATOR)

SIGN_IN = [
    Visit("people:home", STRANGER),
    Visit("account_login", STRANGER),
    Visit("account_confirm_login_code", STRANGER, arrive=to_the_code),
    Visit("mfa_authenticate", STRANGER, arrive=to_the_second_factor),
    Visit("account_inactive", STRANGER),
    Visit(
        "people:invitation",
        STRANGER,
        lambda world: (invitation_links.token_of(world.invitation),),
    ),
    Visit("people:invitation", STRANGER, lambda world: ("1.forged",), state="closed", status=410),
    Visit("notices:outbox", STRANGER),
    Visit("notices:letter", STRANGER, lambda world: (world.letter,), same_title=True),
]
ACCOUNT = [
    Visit("people:account", DELEGATE),
    Visit("account_logout", DELEGATE),
    Visit("mfa_index", DELEGATE),
    Visit("mfa_index", PROFESSIONAL, state="with-app"),
    Visit("mfa_index", NEW_STAFF, state="owed"),
    Visit("mfa_activate_totp", DELEGATE),
    Visit("mfa_add_webauthn", DELEGATE),
    Visit("mfa_deactivate_totp", PROFESSIONAL),
    Visit("mfa_reauthenticate", PROFESSIONAL),
    Visit("mfa_view_recovery_codes", PROFESSIONAL),
    Visit("mfa_generate_recovery_codes", PROFESSIONAL),
    Visit("mfa_remove_webauthn", AUDITOR, passkey),
    Visit("people:unlock", AWAY, arrive=to_the_lock),
    Visit("people:unlocked", DELEGATE),
    Visit("people:home", NEWCOMER, state="without-a-role"),
]
OFFICE = [
    Visit("liaison:office", DELEGATE, office, same_title=True),
    Visit("liaison:coming", DELEGATE, office),
    Visit("liaison:past", DELEGATE, office),
    Visit("liaison:answers", DELEGATE, office),
    Visit("liaison:answers", DELEGATE, state="nothing", arrive=to_no_answer),
    Visit("liaison:refusals", DELEGATE, office),
    Visit("liaison:times", DELEGATE, office),
    Visit("liaison:times", DELEGATE, office, {"minutes": "60", "view": "calendar"}, "calendar"),
    Visit("liaison:book", DELEGATE, arrive=to_the_form),
    Visit("liaison:book", DELEGATE, office, query=NEVER, state="refused"),
    Visit("liaison:waiting", DELEGATE, office),
    Visit(
        "liaison:waiting", DELEGATE, office, state="offered", arrive=to_an_offer, leave=withdrawn
    ),
    Visit("liaison:wait", DELEGATE, office),
    Visit("liaison:opening", DELEGATE, office, state="nothing"),
    Visit("liaison:opening", DELEGATE, office, state="wishes", arrive=to_the_wishes),
    Visit("liaison:wish", DELEGATE, office, arrive=to_a_wish),
    Visit("liaison:make-feed", DELEGATE, arrive=to_the_new_feed),
    Visit("liaison:appointment", DELEGATE, appointment("booked"), state="booked"),
    Visit("liaison:appointment", DELEGATE, appointment("finished"), state="finished"),
    Visit("liaison:appointment", DELEGATE, appointment("cancelled"), state="cancelled"),
    Visit("liaison:move", DELEGATE, appointment("booked")),
    Visit("liaison:cancel", DELEGATE, appointment("booked")),
    Visit("liaison:decision", DELEGATE, decision, state="granted"),
    Visit("liaison:rule", DELEGATE),
    Visit("liaison:sharing-guide", DELEGATE),
]
ACCESS = [
    Visit("people:office-people", MANAGER, office),
    Visit("people:end-access", MANAGER, grant),
    Visit("people:last-day", MANAGER, grant),
    Visit("people:office-settings", MANAGER, office),
    Visit("people:address-add", MANAGER, office),
    Visit("people:address-change", MANAGER, point("addresses")),
    Visit("people:telephone-add", MANAGER, office),
    Visit("people:telephone-change", MANAGER, point("telephones")),
]
DAY = [
    Visit("liaison:day", PROFESSIONAL),
    Visit("liaison:day", LEAD, state="of-others"),
    Visit("liaison:day-on", PROFESSIONAL, lambda world: (world.worked.day.on,)),
    Visit("liaison:served", PROFESSIONAL, served(0), state="started", same_title=True),
    Visit("liaison:served", PROFESSIONAL, served(1), state="booked", same_title=True),
    Visit(
        "liaison:served",
        PROFESSIONAL,
        appointment("worked"),
        state="finished",
        same_title=True,
    ),
    Visit("liaison:follow-ups", PROFESSIONAL),
    Visit("liaison:follow-up", PROFESSIONAL, lambda world: (world.follow_up.pk,), same_title=True),
    Visit("liaison:follow-ups", LEAD, state="of-all"),
    Visit("liaison:hand-over", LEAD),
    Visit("liaison:hand-over-of", LEAD, lambda world: (world.follow_up.professional_id,)),
    Visit("roster:my-hours", PROFESSIONAL, same_title=True),
    Visit("roster:my-hours", NEW_STAFF, state="not-on-roster"),
    Visit("roster:request-extra-hours", PROFESSIONAL, state="own"),
    Visit("liaison:board", LEAD),
    Visit("liaison:board-from", LEAD, today),
    Visit("liaison:board-day", LEAD, today),
    Visit("liaison:affected", LEAD, lambda world: (world.absence.pk,)),
    Visit("liaison:affected-on", LEAD, today),
    Visit("liaison:centre-cancel", LEAD, appointment("booked")),
    Visit("liaison:board-waiting", LEAD, today, state="nobody"),
    Visit("liaison:board-waiting", LEAD, tomorrow, arrive=to_who_waits, leave=withdrawn),
    Visit("liaison:decisions", LEAD),
    Visit("liaison:decisions", LEAD, query={"answer": "refused"}, state="filtered"),
    Visit("liaison:decision", LEAD, decision, state="of-an-office"),
    Visit("liaison:flags", LEAD),
    Visit("liaison:flags", LEAD, query={"over": "1"}, state="over"),
    Visit("liaison:excused", LEAD),
    Visit("liaison:strike-excuse", LEAD, lambda world: (world.excused.pk,)),
    Visit("liaison:late", LEAD),
    Visit("liaison:waive", LEAD, appointment("lost")),
]
ROSTER = [
    Visit("roster:professionals", LEAD),
    Visit("roster:professional", LEAD, professional, same_title=True),
    Visit("roster:enter", LEAD),
    Visit("roster:change", LEAD, professional, same_title=True),
    Visit("roster:set-pattern", LEAD, professional),
    Visit("roster:add-exception", LEAD, professional),
    Visit("roster:absences", LEAD, same_title=True),
    Visit("roster:record-absence", LEAD),
    Visit("roster:extra-hours", LEAD),
    Visit("roster:request-extra-hours", LEAD),
    Visit("roster:closed-days", LEAD),
    Visit("roster:add-closed-day", LEAD),
    Visit("roster:add-closed-day", LEAD, state="asked", arrive=to_the_day_with_appointments),
]
SENDING = [
    Visit("people:notices", LEAD),
    Visit("people:notices-stop", LEAD),
    Visit("people:notices-resume", LEAD, arrive=to_the_stopped_sending, leave=send_again),
]
RULE = [
    Visit("liaison:allowances", OWNER),
    Visit("liaison:propose-allowances", OWNER),
    Visit("liaison:rule", OWNER, state="of-its-owner"),
    Visit("liaison:new-rule", OWNER),
    Visit("liaison:new-rule", OWNER, state="compared", arrive=to_the_comparison),
    Visit("liaison:pilots", OWNER),
    Visit("liaison:pilots", AUDITOR, state="only-read"),
    Visit("liaison:new-pilot", OWNER),
    Visit("liaison:new-pilot", OWNER, state="looked-at", arrive=to_the_planned_pilot),
    Visit("liaison:pilot", OWNER, pilot),
    Visit("liaison:stop-pilot", OWNER, pilot),
    Visit("liaison:targets", OWNER),
    Visit("liaison:new-target", OWNER),
]
SCORECARD = [
    Visit("liaison:scorecard", OWNER),
    Visit("liaison:scorecard", AUDITOR, state="of-an-auditor"),
    Visit("liaison:scorecard-week", LEAD, lambda world: (date(2022, 11, 21),), state="empty"),
    Visit("liaison:scorecard-version", OWNER, version),
]
ADMINISTRATION = [
    Visit("people:people", ADMINISTRATOR),
    Visit("people:people", ADMINISTRATOR, query={"q": "or"}, state="searched"),
    Visit("people:invite-staff", ADMINISTRATOR),
    Visit("people:person", ADMINISTRATOR, person(PROFESSIONAL), same_title=True),
    Visit("people:give-role", ADMINISTRATOR, person(PROFESSIONAL)),
    Visit("people:change-address", ADMINISTRATOR, person(PROFESSIONAL)),
    Visit("people:deactivate", ADMINISTRATOR, person(PROFESSIONAL)),
    Visit("people:offices", ADMINISTRATOR),
    Visit("people:dissolve", ADMINISTRATOR),
    Visit("people:office", ADMINISTRATOR, office, same_title=True),
    Visit("people:office-invite", ADMINISTRATOR, office),
    Visit("people:office-suspend", ADMINISTRATOR, office),
    Visit("people:office-reopen", ADMINISTRATOR, office_of(OfficeStatus.SUSPENDED)),
    Visit("people:office-close", ADMINISTRATOR, office),
    Visit("people:office-transfer", ADMINISTRATOR, office),
    Visit(
        "people:office-transfer", ADMINISTRATOR, state="confirmation", arrive=to_the_confirmation
    ),
    Visit("people:trail", AUDITOR),
]
ERRORS = [
    Visit("people:trail", DELEGATE, state="forbidden", status=403),
    Visit("liaison:office", DELEGATE, lambda world: ("mp-00000",), state="missing", status=404),
]
VISITS = [
    *SIGN_IN,
    *asking.PAGES,
    *matters.PAGES,
    *ACCOUNT,
    *OFFICE,
    *ACCESS,
    *DAY,
    *ROSTER,
    *SENDING,
    *RULE,
    *lines.PAGES,
    *mails.PAGES,
    *SCORECARD,
    *ADMINISTRATION,
    *agents.WORK,
    *agents.TEXTS_AND_GATES,
    *ERRORS,
]

POSTED = {
    "enquiries:document-filed",
    "enquiries:follow-end",
    "enquiries:end-shift",
    "enquiries:gate-applicant",
    "enquiries:here",
    "enquiries:left",
    "enquiries:mail-refuse",
    "enquiries:mail-take-in",
    "enquiries:part",
    "enquiries:put-back",
    "enquiries:release",
    "enquiries:tag",
    "enquiries:take",
    "enquiries:take-one",
    "enquiries:untag",
    "enquiries:enquiry-preview",
    "enquiries:override-answer",
    "enquiries:text-approve",
    "enquiries:return-loan",
    "enquiries:triage-approve",
    "liaison:accept-excuse",
    "liaison:confirm",
    "liaison:hold",
    "liaison:accept",
    "liaison:decline",
    "liaison:withdraw-entry",
    "liaison:prefer",
    "liaison:drop-wish",
    "liaison:rebook",
    "liaison:rebook-all",
    "liaison:rebook-all-on",
    "liaison:rebook-on",
    "liaison:release",
    "liaison:revoke-feed",
    "liaison:take-back",
    "people:address-remove",
    "people:notice-again",
    "people:reactivate",
    "people:sign-out-elsewhere",
    "people:telephone-remove",
    "people:unlock-at-organization",
    "people:withdraw-invitation",
    "roster:approve-extra-hours",
    "roster:decline-extra-hours",
    "roster:publish",
    "roster:remove-exception",
    "roster:reopen-day",
    "roster:withdraw-absence",
    "roster:withdraw-extra-hours",
}
"""The addresses of buttons, which take no GET."""

NOT_PAGES = {
    "enquiries:enquiry-texts": "part of a page: see test_composing",
    "enquiries:crisis-report": "a file",
    "account_request_login_code": "the page of account_login under the name that allauth knows",
    "enquiries:document-file": "a file",
    "favicon": "a picture",
    "healthy": "a word for machines",
    "liaison:calendar-file": "a file",
    "liaison:feed": "a file for calendar programs",
    "liaison:kept": "part of a page: see test_kept_time",
    "liaison:my-office": "leads on to an office",
    "liaison:offers": "part of a page: see test_waiting_pages",
    "liaison:pilot-evaluation": "a file",
    "liaison:allowances-table": "a file",
    "liaison:scorecard-file": "a file",
    "mfa_download_recovery_codes": "a file",
    "mfa_list_webauthn": "the page of mfa_index under the name that allauth knows",
    "mfa_login_webauthn": "data for a script",
    "mfa_reauthenticate_webauthn": "needs a real passkey: see test_passkeys",
    "notices:calendar-file": "a file",
    "openid_connect_callback": "leads on, from an organization's own sign-in",
    "openid_connect_login": "leads on to an organization's own sign-in",
    "people:ended": "part of a page: see test_session_lock",
    "people:my-offices": "leads on to an office",
    "people:session": "data for a script",
    "people:warning": "part of a page: see test_session_lock",
    "robots": "a word for machines",
}
"""What is behind the other names, and why the sweep passes it by."""
