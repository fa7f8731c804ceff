"""Permissions as decorators of views. docs/roles.md says which role has which."""

from django.contrib.auth.decorators import permission_required

may_view = permission_required("accounts.view_order", raise_exception=True)
may_execute = permission_required("accounts.execute_payment_action", raise_exception=True)
