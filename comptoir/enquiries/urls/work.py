"""Addresses of the agents' and team leads' work."""

from django.urls import path

from comptoir.enquiries.views import (
    agents,
    bundling,
    enquiry,
    listing,
    moving,
    presence,
    tagging,
    working,
)

urlpatterns = [
    path("work/", working.work, name="work"),
    path("work/take/", working.take, name="take"),
    path("work/end/", working.end_shift, name="end-shift"),
    path("work/late/", listing.late, name="late"),
    path("work/unmatched/", listing.unmatched, name="unmatched"),
    path("work/agents/", agents.agents, name="agents"),
    path("work/agents/<int:key>/", agents.agent, name="agent"),
    path("work/agents/<int:key>/away/", agents.release, name="release"),
    path("work/enquiries/", listing.everything, name="all"),
    path("work/enquiries/<slug:reference>/", enquiry.enquiry, name="enquiry"),
    path("work/enquiries/<slug:reference>/take/", enquiry.take, name="take-one"),
    path("work/enquiries/<slug:reference>/back/", enquiry.put_back, name="put-back"),
    path("work/enquiries/<slug:reference>/transfer/", moving.transfer, name="transfer"),
    path("work/enquiries/<slug:reference>/copy/", moving.copy, name="copy"),
    path("work/enquiries/<slug:reference>/join/", moving.join, name="join"),
    path("work/enquiries/<slug:reference>/part/", moving.part, name="part"),
    path("work/enquiries/<slug:reference>/split/<int:key>/", moving.split, name="split"),
    path("work/enquiries/<slug:reference>/here/", presence.look, name="here"),
    path("work/enquiries/<slug:reference>/left/", presence.leave, name="left"),
    path("work/enquiries/<slug:reference>/assign/", agents.assign, name="assign"),
    path("work/enquiries/<slug:reference>/bundle/", bundling.bundle, name="bundle"),
    path("work/enquiries/<slug:reference>/tags/", tagging.tag, name="tag"),
    path("work/enquiries/<slug:reference>/tags/<slug:code>/off/", tagging.untag, name="untag"),
]
