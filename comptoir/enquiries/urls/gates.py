"""Addresses of the two gates of an enquiry, and of the second person."""

from django.urls import path

from comptoir.enquiries.views import gates

OF_ENQUIRY = "work/enquiries/<slug:reference>/"

urlpatterns = [
    path(OF_ENQUIRY + "confirm/", gates.gate_confirm, name="gate-confirm"),
    path(OF_ENQUIRY + "authorize/", gates.gate_authorize, name="gate-authorize"),
    path(OF_ENQUIRY + "applicant/", gates.gate_applicant, name="gate-applicant"),
    path(OF_ENQUIRY + "withdraw/<int:key>/", gates.gate_withdraw, name="gate-withdraw"),
    path(OF_ENQUIRY + "override/", gates.gate_override, name="gate-override"),
    path("work/overrides/", gates.overrides, name="overrides"),
    path("work/overrides/<int:key>/", gates.override_answer, name="override-answer"),
]
