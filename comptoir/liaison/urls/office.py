"""Addresses of an office's pages. References are random or public codes: no personal data."""

from django.urls import path

from comptoir.liaison.views import (
    appointment,
    apportioning,
    booking,
    confirming,
    decisions,
    feeds,
    office,
    opening,
    rule,
    waiting,
)

urlpatterns = [
    path("office/", office.my_office, name="my-office"),
    path("offices/<slug:office_ref>/", office.office_home, name="office"),
    path("offices/<slug:office_ref>/coming/", office.coming_appointments, name="coming"),
    path("offices/<slug:office_ref>/past/", office.past_appointments, name="past"),
    path("offices/<slug:office_ref>/answers/", office.answers, name="answers"),
    path("offices/<slug:office_ref>/refusals/", office.refusals, name="refusals"),
    path("offices/<slug:office_ref>/times/", booking.list_times, name="times"),
    path("offices/<slug:office_ref>/hold/", booking.hold, name="hold"),
    path("offices/<slug:office_ref>/release/", booking.release, name="release"),
    path("offices/<slug:office_ref>/book/", booking.book, name="book"),
    path("offices/<slug:office_ref>/kept/", booking.kept, name="kept"),
    path("offices/<slug:office_ref>/waiting/", waiting.waiting_list, name="waiting"),
    path("offices/<slug:office_ref>/waiting/new/", waiting.new_entry, name="wait"),
    path("offices/<slug:office_ref>/waiting/offers/", waiting.offers, name="offers"),
    path(
        "offices/<slug:office_ref>/waiting/offers/<int:pk>/accept/", waiting.accept, name="accept"
    ),
    path(
        "offices/<slug:office_ref>/waiting/offers/<int:pk>/decline/",
        waiting.decline,
        name="decline",
    ),
    path(
        "offices/<slug:office_ref>/waiting/<int:pk>/withdraw/",
        waiting.withdraw,
        name="withdraw-entry",
    ),
    path("offices/<slug:office_ref>/opening/", opening.wishes, name="opening"),
    path("offices/<slug:office_ref>/opening/new/", opening.new_wish, name="wish"),
    path("offices/<slug:office_ref>/opening/<int:pk>/prefer/", opening.prefer, name="prefer"),
    path(
        "offices/<slug:office_ref>/opening/<int:pk>/withdraw/",
        opening.drop_wish,
        name="drop-wish",
    ),
    path("offices/<slug:office_ref>/feeds/", feeds.make, name="make-feed"),
    path("offices/<slug:office_ref>/feeds/<int:pk>/revoke/", feeds.revoke, name="revoke-feed"),
    path("appointments/<slug:reference>/", appointment.show, name="appointment"),
    path("appointments/<slug:reference>/move/", appointment.move, name="move"),
    path("appointments/<slug:reference>/cancel/", appointment.cancel, name="cancel"),
    path("appointments/<slug:reference>/confirm/", confirming.confirm, name="confirm"),
    path("appointments/<slug:reference>.ics", appointment.calendar_file, name="calendar-file"),
    path("feed/<str:secret>.ics", feeds.read, name="feed"),
    path("decisions/", decisions.list_decisions, name="decisions"),
    path("decisions/<int:pk>/", decisions.show, name="decision"),
    path("guide/sharing/", rule.guide, name="sharing-guide"),
    path("rule/allowances/", apportioning.published, name="allowances"),
    path("rule/allowances.csv", apportioning.as_table, name="allowances-table"),
    path("rule/allowances/new/", apportioning.propose, name="propose-allowances"),
    path("rule/", rule.sharing_rule, name="rule"),
    path("rule/new/", rule.new_version, name="new-rule"),
]
