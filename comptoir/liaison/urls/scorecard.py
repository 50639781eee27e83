"""Addresses of the scorecard. A week is named by its Monday, on the centre's calendar."""

from django.urls import path

from comptoir.liaison.urls import professional  # noqa: F401 - registers the date converter
from comptoir.liaison.views import scorecard

urlpatterns = [
    path("scorecard/", scorecard.latest, name="scorecard"),
    path("scorecard/<service_date:on>/", scorecard.week, name="scorecard-week"),
    path("scorecard/<service_date:on>.csv", scorecard.week_file, name="scorecard-file"),
    path("scorecard/rule/<int:number>/", scorecard.version, name="scorecard-version"),
]
