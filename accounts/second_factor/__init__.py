"""The second factor: what somebody shows beside the password (a code of an app, a passkey, a recovery code), who has to
have one, and what follows where it is lost. allauth.mfa keeps and checks them; `accounts.allauth_internals` is the
door to it."""
