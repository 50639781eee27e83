"""Addresses of matters handed on, of what is restricted, and of documents."""

from django.urls import path

from comptoir.enquiries.views import documents, referrals, restricted

urlpatterns = [
    path("referrals/", referrals.register, name="referrals"),
    path("referrals/<int:pk>/", referrals.referral, name="referral"),
    path("work/enquiries/<slug:reference>/hand-on/", referrals.hand_on, name="hand-on"),
    path("work/enquiries/<slug:reference>/breach/", referrals.report_breach, name="report-breach"),
    path("work/enquiries/<slug:reference>/documents/", documents.documents, name="documents"),
    path("restricted/<slug:reference>/", restricted.restricted, name="restricted"),
    path("restricted/<slug:reference>/named/", restricted.named, name="named"),
    path("documents/<int:pk>/", documents.document_file, name="document-file"),
    path("documents/<int:pk>/unscanned/", documents.unscanned, name="document-unscanned"),
    path("documents/<int:pk>/filed/", documents.document_filed, name="document-filed"),
    path("documents/<int:pk>/undo/", documents.document_undo, name="document-undo"),
]
