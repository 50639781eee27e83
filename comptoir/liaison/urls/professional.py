"""Addresses of a professional's pages. Dates are the centre's; references are random."""

from datetime import date

from django.urls import path, register_converter

from comptoir.liaison.views import professional, serving


class ServiceDateConverter:
    """A date as 2026-11-18; what is no date does not exist."""

    regex = r"\d{4}-\d{2}-\d{2}"

    def to_python(self, value: str) -> date:
        return date.fromisoformat(value)

    def to_url(self, value: date) -> str:
        return value.isoformat()


register_converter(ServiceDateConverter, "service_date")

urlpatterns = [
    path("day/", professional.day, name="day"),
    path("day/<service_date:on>/", professional.day, name="day-on"),
    path("day/appointments/<slug:reference>/", serving.appointment, name="served"),
    path("follow-ups/", professional.follow_ups, name="follow-ups"),
    path("follow-ups/<int:pk>/", professional.follow_up, name="follow-up"),
]
