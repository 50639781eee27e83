"""Addresses of a professional's pages. Dates are the centre's; references are random."""

from django.urls import path, register_converter

from comptoir.liaison.views import handing_over, professional, serving, taking_back, targets
from comptoir.ui.values import ServiceDateConverter

register_converter(ServiceDateConverter, "service_date")

urlpatterns = [
    path("day/", professional.day, name="day"),
    path("day/<service_date:on>/", professional.day, name="day-on"),
    path("day/appointments/<slug:reference>/", serving.appointment, name="served"),
    path(
        "day/appointments/<slug:reference>/take-back/",
        taking_back.no_show,
        name="take-back",
    ),
    path("follow-ups/", professional.follow_ups, name="follow-ups"),
    path("follow-ups/hand-over/", handing_over.overview, name="hand-over"),
    path("follow-ups/hand-over/<int:pk>/", handing_over.of_professional, name="hand-over-of"),
    path("follow-ups/targets/", targets.targets, name="targets"),
    path("follow-ups/targets/new/", targets.new_target, name="new-target"),
    path("follow-ups/<int:pk>/", professional.follow_up, name="follow-up"),
]
