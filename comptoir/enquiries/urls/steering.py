"""Addresses of the lines, the rules of triage, the promises, the tags and the crisis lines."""

from django.urls import path

from comptoir.enquiries.views import crisis, lines, promises, tags, triage

urlpatterns = [
    path("lines/", lines.lines, name="lines"),
    path("lines/line/<slug:code>/", lines.line, name="line"),
    path("lines/rules/", triage.in_force, name="triage"),
    path("lines/rules/new/", triage.new, name="triage-new"),
    path("lines/rules/try/", triage.try_out, name="triage-try"),
    path("lines/rules/<int:number>/", triage.version, name="triage-version"),
    path("lines/rules/<int:number>/approve/", triage.approve, name="triage-approve"),
    path("work/enquiries/<slug:reference>/place/", triage.overrule, name="overrule"),
    path("work/enquiries/<slug:reference>/unrelated/", crisis.unrelated, name="unrelated"),
    path("lines/targets/", promises.targets, name="targets"),
    path("lines/targets/new/", promises.new_target, name="new-target"),
    path("lines/hours/", promises.hours, name="hours"),
    path("lines/hours/new/", promises.new_hours, name="new-hours"),
    path("lines/tags/", tags.tags, name="tags"),
    path("lines/tags/<slug:code>/", tags.change, name="change-tag"),
    path("lines/crisis/", crisis.tiles, name="crisis"),
    path("lines/crisis/open/", crisis.open_line, name="open-crisis"),
    path("lines/crisis/<slug:code>/", crisis.line, name="crisis-line"),
    path("lines/crisis/<slug:code>/report/", crisis.report_file, name="crisis-report"),
    path("lines/crisis/<slug:code>/extend/", crisis.extend, name="extend-crisis"),
    path("lines/crisis/<slug:code>/close/", crisis.close, name="close-crisis"),
    path("lines/crisis/<slug:code>/lend/", crisis.lend, name="lend"),
    path("lines/crisis/<slug:code>/loans/<int:key>/return/", crisis.give_back, name="return-loan"),
]
