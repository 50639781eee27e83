"""Addresses of the texts: written, approved, and quoted while an answer is composed."""

from django.urls import path

from comptoir.enquiries.views import composing, texts

urlpatterns = [
    path("work/new-text/", texts.text_new, name="text-new"),
    path("work/texts/", texts.texts_list, name="texts"),
    path("work/texts/<slug:code>/", texts.text, name="text"),
    path("work/texts/<slug:code>/write/", texts.text_write, name="text-write"),
    path("work/texts/<slug:code>/retire/", texts.text_retire, name="text-retire"),
    path("work/texts/<slug:code>/<int:number>/", texts.text_version, name="text-version"),
    path("work/texts/<slug:code>/<int:number>/approve/", texts.text_approve, name="text-approve"),
    path("work/enquiries/<slug:reference>/texts/", composing.enquiry_texts, name="enquiry-texts"),
    path(
        "work/enquiries/<slug:reference>/preview/",
        composing.enquiry_preview,
        name="enquiry-preview",
    ),
]
