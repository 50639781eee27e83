"""Addresses of an office's pages. References are random or public codes: no personal data."""

from django.urls import path

from comptoir.liaison.views import appointment, booking, confirming, feeds, office, rule

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
    path("offices/<slug:office_ref>/feeds/", feeds.make, name="make-feed"),
    path("offices/<slug:office_ref>/feeds/<int:pk>/revoke/", feeds.revoke, name="revoke-feed"),
    path("appointments/<slug:reference>/", appointment.show, name="appointment"),
    path("appointments/<slug:reference>/move/", appointment.move, name="move"),
    path("appointments/<slug:reference>/cancel/", appointment.cancel, name="cancel"),
    path("appointments/<slug:reference>/confirm/", confirming.confirm, name="confirm"),
    path("appointments/<slug:reference>.ics", appointment.calendar_file, name="calendar-file"),
    path("feed/<str:secret>.ics", feeds.read, name="feed"),
    path("rule/", rule.sharing_rule, name="rule"),
    path("rule/new/", rule.new_version, name="new-rule"),
]
