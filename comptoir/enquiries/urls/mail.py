"""Addresses of mail that was set aside or did not arrive: numbers, and nobody's name."""

from django.urls import path

from comptoir.enquiries.views import mail, undelivered

urlpatterns = [
    path("mail/", mail.set_aside, name="mails"),
    path("mail/undelivered/", undelivered.undelivered, name="undelivered"),
    path(
        "work/enquiries/<slug:reference>/undelivered/<int:key>/",
        undelivered.one,
        name="not-arrived",
    ),
    path("mail/<int:key>/", mail.one, name="mail"),
    path("mail/<int:key>/take-in/", mail.take_in, name="mail-take-in"),
    path("mail/<int:key>/refuse/", mail.refuse, name="mail-refuse"),
]
