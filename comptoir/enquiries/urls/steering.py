"""Addresses of the rules of triage, the promises and the crisis lines."""

from django.urls import path

from comptoir.enquiries.views import crisis, promises, triage

urlpatterns = [
    path("work/rules/", triage.in_force, name="triage"),
    path("work/rules/new/", triage.new, name="triage-new"),
    path("work/rules/try/", triage.try_out, name="triage-try"),
    path("work/rules/<int:number>/", triage.version, name="triage-version"),
    path("work/rules/<int:number>/approve/", triage.approve, name="triage-approve"),
    path("work/enquiries/<slug:reference>/place/", triage.overrule, name="overrule"),
    path("work/enquiries/<slug:reference>/unrelated/", crisis.unrelated, name="unrelated"),
    path("work/targets/", promises.targets, name="targets"),
    path("work/targets/new/", promises.new_target, name="new-target"),
    path("work/hours/", promises.hours, name="hours"),
    path("work/hours/new/", promises.new_hours, name="new-hours"),
    path("work/crisis/", crisis.tiles, name="crisis"),
    path("work/crisis/open/", crisis.open_line, name="open-crisis"),
    path("work/crisis/<slug:code>/", crisis.line, name="crisis-line"),
    path("work/crisis/<slug:code>/report/", crisis.report_file, name="crisis-report"),
    path("work/crisis/<slug:code>/extend/", crisis.extend, name="extend-crisis"),
    path("work/crisis/<slug:code>/close/", crisis.close, name="close-crisis"),
    path("work/crisis/<slug:code>/lend/", crisis.lend, name="lend"),
    path("work/crisis/<slug:code>/loans/<int:key>/return/", crisis.give_back, name="return-loan"),
]
