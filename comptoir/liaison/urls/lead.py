"""Addresses of a team lead's pages about appointments."""

from django.urls import path

from comptoir.liaison.views import lead

urlpatterns = [
    path("absences/<int:pk>/affected/", lead.affected, name="affected"),
    path("absences/<int:pk>/affected/rebook/", lead.rebook_all, name="rebook-all"),
    path("absences/<int:pk>/affected/<slug:reference>/", lead.rebook, name="rebook"),
    path("day/appointments/<slug:reference>/cancel/", lead.cancel, name="centre-cancel"),
]
