"""The room's own pages, in the namespace `people`."""

from django.urls import path

from comptoir.people.views import (
    account,
    contact_points,
    directory,
    home,
    invitation,
    lock,
    office_people,
    offices,
    sending,
    trail,
    transfer,
)

urlpatterns = [
    path("", home.home, name="home"),
    path("invitation/<str:token>/", invitation.invitation, name="invitation"),
    path("session/", lock.session, name="session"),
    path("session/warning/", lock.warning, name="warning"),
    path("session/ended/", lock.ended, name="ended"),
    path("session/unlock/", lock.unlock, name="unlock"),
    path(
        "session/unlock/organization/", lock.unlock_at_organization, name="unlock-at-organization"
    ),
    path("session/unlocked/", lock.unlocked, name="unlocked"),
    path("account/", account.account, name="account"),
    path("account/elsewhere/", account.sign_out_elsewhere, name="sign-out-elsewhere"),
    path("access/", office_people.my_offices, name="my-offices"),
    path("access/<slug:reference>/", office_people.office_people, name="office-people"),
    path("access/roles/<int:key>/end/", office_people.end_access, name="end-access"),
    path("access/roles/<int:key>/last-day/", office_people.last_day, name="last-day"),
    path(
        "access/invitations/<int:key>/withdraw/",
        office_people.withdraw_invitation,
        name="withdraw-invitation",
    ),
    path("administration/people/", directory.directory, name="people"),
    path("administration/people/invite/", directory.invite_staff, name="invite-staff"),
    path("administration/people/<int:key>/", directory.person, name="person"),
    path("administration/people/<int:key>/role/", directory.give_role, name="give-role"),
    path(
        "administration/people/<int:key>/address/", directory.change_address, name="change-address"
    ),
    path("administration/people/<int:key>/deactivate/", directory.deactivate, name="deactivate"),
    path("administration/people/<int:key>/reactivate/", directory.reactivate, name="reactivate"),
    path("administration/offices/", offices.office_list, name="offices"),
    path("administration/offices/dissolution/", offices.dissolve, name="dissolve"),
    path("administration/offices/<slug:reference>/", offices.office, name="office"),
    path("administration/offices/<slug:reference>/invite/", offices.invite, name="office-invite"),
    path(
        "administration/offices/<slug:reference>/suspend/", offices.suspend, name="office-suspend"
    ),
    path("administration/offices/<slug:reference>/reopen/", offices.reopen, name="office-reopen"),
    path("administration/offices/<slug:reference>/close/", offices.close, name="office-close"),
    path(
        "administration/offices/<slug:reference>/transfer/",
        transfer.transfer,
        name="office-transfer",
    ),
    path("access/<slug:reference>/settings/", offices.settings, name="office-settings"),
    path("access/<slug:reference>/addresses/new/", contact_points.add_address, name="address-add"),
    path(
        "access/<slug:reference>/addresses/<int:key>/",
        contact_points.change_address,
        name="address-change",
    ),
    path(
        "access/<slug:reference>/addresses/<int:key>/remove/",
        contact_points.remove_address,
        name="address-remove",
    ),
    path(
        "access/<slug:reference>/telephones/new/",
        contact_points.add_telephone,
        name="telephone-add",
    ),
    path(
        "access/<slug:reference>/telephones/<int:key>/",
        contact_points.change_telephone,
        name="telephone-change",
    ),
    path(
        "access/<slug:reference>/telephones/<int:key>/remove/",
        contact_points.remove_telephone,
        name="telephone-remove",
    ),
    path("notices/", sending.ledger, name="notices"),
    path("notices/<int:key>/again/", sending.send_again, name="notice-again"),
    path("notices/stop/", sending.stop, name="notices-stop"),
    path("notices/resume/", sending.resume, name="notices-resume"),
    path("trail/", trail.trail, name="trail"),
]
