"""Addresses of a team lead's pages about appointments."""

from django.urls import path

from comptoir.liaison.urls import professional  # noqa: F401 - registers the date converter
from comptoir.liaison.views import lead

urlpatterns = [
    path("absences/<int:pk>/affected/", lead.affected, name="affected"),
    path("absences/<int:pk>/affected/rebook/", lead.rebook_all, name="rebook-all"),
    path("absences/<int:pk>/affected/<slug:reference>/", lead.rebook, name="rebook"),
    path("board/<service_date:on>/affected/", lead.affected_on, name="affected-on"),
    path("board/<service_date:on>/affected/rebook/", lead.rebook_all_on, name="rebook-all-on"),
    path("board/<service_date:on>/affected/<slug:reference>/", lead.rebook_on, name="rebook-on"),
    path("day/appointments/<slug:reference>/cancel/", lead.cancel, name="centre-cancel"),
]
