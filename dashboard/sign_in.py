"""The settings of how people sign in at a provider of the company (docs/single-sign-on.md). They are put together and
looked at in accounts/single_sign_on/configuration.py."""

import datetime as dt

from dashboard.env import env

SSO_ISSUER = env.str("SSO_ISSUER", "")  # the provider, as it calls itself; empty: there is none
SSO_CLIENT_ID = env.str("SSO_CLIENT_ID", "")
SSO_CLIENT_SECRET = env.str("SSO_CLIENT_SECRET", "")
SSO_CLIENT_SECRET_FILE = env.str("SSO_CLIENT_SECRET_FILE", "")
SSO_NAME = env.str("SSO_NAME", "")  # what people call it
SSO_SCOPES = env.str("SSO_SCOPES", "openid profile email")
SSO_GROUPS_CLAIM = env.str("SSO_GROUPS_CLAIM", "groups")
SSO_GROUPS = env.str("SSO_GROUPS", "")  # JSON: what each group gives
SSO_GROUPS_FILE = env.str("SSO_GROUPS_FILE", "")
SSO_SECOND_FACTOR: list[str] = env.list("SSO_SECOND_FACTOR", [])  # values of amr or acr
SSO_SESSION_TIME = dt.timedelta(hours=env.float("SSO_SESSION_HOURS", 8.0))  # then the provider is asked again
LOCAL_PASSWORDS = env.bool("LOCAL_PASSWORDS", True)  # whether others than BREAK_GLASS_ACCOUNT have one
BREAK_GLASS_ACCOUNT = env.str("BREAK_GLASS_ACCOUNT", "")
