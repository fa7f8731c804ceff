"""Signing in at a company's own provider, by OpenID Connect: docs/single-sign-on.md."""
