"""Addresses of a team lead's pages about time given up late."""

from django.urls import path

from comptoir.liaison.views import reliability

urlpatterns = [
    path("reliability/", reliability.asked_to_confirm, name="flags"),
    path("reliability/excused/", reliability.excused, name="excused"),
    path("reliability/excused/<int:pk>/accept/", reliability.accept_excuse, name="accept-excuse"),
    path("reliability/excused/<int:pk>/strike/", reliability.strike_excuse, name="strike-excuse"),
    path("reliability/late/", reliability.late, name="late"),
    path("day/appointments/<slug:reference>/waive/", reliability.waive, name="waive"),
]
