"""The people room's addresses. Those whose names django-allauth asks for have no namespace."""

from django.urls import include, path

from comptoir.people.urls import pages, sign_in

urlpatterns = [
    *sign_in.urlpatterns,
    path("", include((pages.urlpatterns, "people"))),
]
