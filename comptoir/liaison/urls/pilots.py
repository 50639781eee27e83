"""Addresses of pilots, for those who set the rule, lead the work or audit both."""

from django.urls import path

from comptoir.liaison.views import pilots

urlpatterns = [
    path("pilots/", pilots.every_pilot, name="pilots"),
    path("pilots/new/", pilots.new_pilot, name="new-pilot"),
    path("pilots/<int:pk>/", pilots.one_pilot, name="pilot"),
    path("pilots/<int:pk>/stop/", pilots.stop, name="stop-pilot"),
    path("pilots/<int:pk>/evaluation.csv", pilots.evaluation_file, name="pilot-evaluation"),
]
