"""Every address of the product: pages under /en/ and /fr/, what has no language at the root."""

from django.conf.urls.i18n import i18n_patterns
from django.urls import include, path

from comptoir.ui.urls import language_urlpatterns

urlpatterns = [
    path("", include("comptoir.ui.urls")),
    path("", include("comptoir.people.urls.organization")),
    *i18n_patterns(
        path("", include("comptoir.notices.urls")),
        path("", include("comptoir.people.urls")),
        path("", include("comptoir.roster.urls")),
        path("", include("comptoir.liaison.urls")),
        path("", include("comptoir.enquiries.urls")),
        *language_urlpatterns,
    ),
]

handler400 = "comptoir.ui.views.bad_request"
handler403 = "comptoir.ui.views.permission_denied"
handler404 = "comptoir.ui.views.page_not_found"
handler500 = "comptoir.ui.views.server_error"
