"""Addresses of the second factor, below those of one's account."""

from django.urls import path

from accounts.second_factor import sign_in, views

urlpatterns = [
    path("second-factor/", views.overview, name="second-factor"),
    path("second-factor/app/", views.app, name="second-factor-app"),
    path("second-factor/passkey/", views.passkey, name="second-factor-passkey"),
    path("second-factor/codes/", views.codes, name="second-factor-codes"),
    path("second-factor/<int:pk>/remove/", views.remove, name="second-factor-remove"),
    path("login/second/", sign_in.second_step, name="mfa_authenticate"),  # so called by allauth
    path("login/passkey/", sign_in.passkey_sign_in, name="passkey-sign-in"),
    path("login/passkey/options/", sign_in.passkey_options, name="passkey-options"),
    path("password/again/", views.prove, name="account_reauthenticate"),  # as above
]
