"""The addresses of the liaison room, by who comes there."""

from django.urls import include, path

app_name = "liaison"

urlpatterns = [
    path("", include("comptoir.liaison.urls.office")),
    path("", include("comptoir.liaison.urls.professional")),
    path("", include("comptoir.liaison.urls.board")),
    path("", include("comptoir.liaison.urls.lead")),
    path("", include("comptoir.liaison.urls.reliability")),
    path("", include("comptoir.liaison.urls.pilots")),
    path("", include("comptoir.liaison.urls.scorecard")),
]
