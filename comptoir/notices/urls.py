"""Addresses of the outbox."""

from django.urls import path

from comptoir.notices import views

app_name = "notices"

urlpatterns = [
    path("outbox/", views.letters, name="outbox"),
    path("outbox/<slug:name>/", views.letter, name="letter"),
    path("outbox/<slug:name>/invite.ics", views.calendar_file, name="calendar-file"),
]
