"""Signing in and out, and what a person decides for themselves. Of allauth's pages only those that this desk offers:
an admin makes accounts, and there is no mail to reset a password by."""

from allauth.account import views as allauth
from django.urls import include, path

from accounts import session_views, views
from accounts.local_passwords import needs_one
from accounts.people import views as people_views
from accounts.single_sign_on import views as single_sign_on

urlpatterns = [
    path("login/", views.sign_in, name="account_login"),
    path("logout/", views.sign_out, name="account_logout"),
    path("inactive/", allauth.account_inactive, name="account_inactive"),
    path("password/", needs_one(allauth.password_change), name="account_change_password"),
    path("password/set/", needs_one(allauth.password_set), name="account_set_password"),
    path("sso/", single_sign_on.sso_begin, name="sso-begin"),
    path("sso/callback/", single_sign_on.sso_callback, name="sso-callback"),
    path("sso/again/", single_sign_on.sso_again, name="sso-again"),
    path("sso/confirmed/", single_sign_on.sso_confirmed, name="sso-confirmed"),
    path("", include("accounts.second_factor.urls")),
    path("preferences/", views.preferences, name="preferences"),
    path("preferences/rows/", views.rows_per_page, name="rows-per-page"),
    path("sessions/", session_views.session_list, name="session-list"),
    path("sessions/end-others/", session_views.sessions_end_others, name="sessions-end-others"),
    path("sessions/<uuid:mark>/end/", session_views.session_end, name="session-end"),
    path("help/read/", views.help_read, name="help-read"),
    path("link/<str:token>/", people_views.person_password, name="person-password"),
    path("changes/read/", views.account_changes_read, name="account-changes-read"),
]
