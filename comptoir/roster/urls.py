"""The roster's addresses. Codes are of professionals and keys of rows: no personal data."""

from django.urls import path

from comptoir.roster.views import absences, closed_days, extra_hours, hours, professionals

app_name = "roster"

urlpatterns = [
    path("roster/", professionals.professionals, name="professionals"),
    path("roster/new/", professionals.enter, name="enter"),
    path("roster/my-hours/", professionals.my_hours, name="my-hours"),
    path("roster/publish/", hours.publish, name="publish"),
    path("roster/absences/", absences.absences, name="absences"),
    path("roster/absences/new/", absences.record, name="record-absence"),
    path("roster/absences/<int:pk>/withdraw/", absences.withdraw, name="withdraw-absence"),
    path("roster/extra-hours/", extra_hours.extra_hours, name="extra-hours"),
    path("roster/extra-hours/new/", extra_hours.request_hours, name="request-extra-hours"),
    path("roster/extra-hours/<int:pk>/approve/", extra_hours.approve, name="approve-extra-hours"),
    path("roster/extra-hours/<int:pk>/decline/", extra_hours.decline, name="decline-extra-hours"),
    path(
        "roster/extra-hours/<int:pk>/withdraw/", extra_hours.withdraw, name="withdraw-extra-hours"
    ),
    path("roster/closed-days/", closed_days.closed_days, name="closed-days"),
    path("roster/closed-days/new/", closed_days.add, name="add-closed-day"),
    path("roster/closed-days/<int:pk>/reopen/", closed_days.reopen, name="reopen-day"),
    path("roster/professionals/<slug:code>/", professionals.professional, name="professional"),
    path("roster/professionals/<slug:code>/change/", professionals.change, name="change"),
    path("roster/professionals/<slug:code>/hours/", hours.set_pattern, name="set-pattern"),
    path("roster/professionals/<slug:code>/date/", hours.add_exception, name="add-exception"),
    path(
        "roster/professionals/<slug:code>/date/remove/",
        hours.remove_exception,
        name="remove-exception",
    ),
]
