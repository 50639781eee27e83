"""Addresses for anybody: asking, and following what was asked. No reference and no name stands in them."""

from django.urls import path

from comptoir.enquiries.views import asking, following

urlpatterns = [
    path("ask/", asking.ask, name="ask"),
    path("ask/received/", asking.asked, name="asked"),
    path("follow/", following.follow, name="follow"),
    path("follow/code/", following.enter_code, name="follow-code"),
    path("follow/enquiry/", following.followed, name="followed"),
    path("follow/end/", following.end, name="follow-end"),
    path("follow/lost/", following.lost, name="follow-lost"),
]
