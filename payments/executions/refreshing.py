"""Asking an adapter for a payment's state before somebody acts on it: what a payment offers may be stale.

Only adapters that are known to be asked so are asked (`Profile.refresh`); of all others no more is known than Checkout
does.
"""

import logging

from django.conf import settings
from django.utils.translation import gettext as _

from audit import log
from audit.actions import AuditAction
from order_api import OrderApi
from order_api.errors import ApiError
from order_api.schemas import Payment
from payments.executions.profiles import profile_of
from payments.presentation.vocabulary import provider_name

logger = logging.getLogger(__name__)


def where_to_ask(payment: Payment) -> str:
    """The adapter's service and operation; empty where nobody can be asked."""
    return profile_of(payment.adapter_id or "").refresh if payment.adapter_id else ""


def whom_to_ask(payment: Payment) -> str:
    """The provider's name; empty where nobody can be asked."""
    return provider_name(payment.adapter_id or "") if where_to_ask(payment) else ""


def ask_first(api: OrderApi, who: log.Who, order_id: str, payment_id: str) -> str:
    """Asks the payment's adapter, where the setting PAYMENT_REFRESH_FIRST says so and it can be asked. Returns what to
    tell whoever looks, if that did not work; nothing otherwise. Raises ApiError where the payment cannot be read."""
    if not settings.PAYMENT_REFRESH_FIRST:
        return ""
    payment = api.payments.get(order_id, payment_id)
    where, provider = where_to_ask(payment), whom_to_ask(payment)
    if not where:
        return ""
    try:
        api.adapters.refresh(where, order_id, payment_id)
    except ApiError as error:
        logger.warning("%s could not be asked for the state of a payment: %s", payment.adapter_id, error)
        outcome = log.Outcome.REFUSED if error.status else log.Outcome.FAILED
        words = _("%(provider)s could not be asked. This is how it is as far as Checkout knows.")
    else:
        outcome, words = log.Outcome.DONE, ""
    subject = log.Subject(order_id, api.merchant, api.channel, target=payment_id)
    log.event(who, AuditAction.PAYMENT_REFRESH, subject, outcome=outcome)
    return words % {"provider": provider} if words else ""
