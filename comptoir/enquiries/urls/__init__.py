"""The single window's addresses. References are nobody's name: no personal data."""

from django.urls import include, path

app_name = "enquiries"

urlpatterns = [
    path("", include("comptoir.enquiries.urls.public")),
    path("", include("comptoir.enquiries.urls.work")),
    path("", include("comptoir.enquiries.urls.texts")),
    path("", include("comptoir.enquiries.urls.gates")),
    path("", include("comptoir.enquiries.urls.matters")),
    path("", include("comptoir.enquiries.urls.steering")),
    path("", include("comptoir.enquiries.urls.mail")),
]
