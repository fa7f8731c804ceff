"""The proof of one execution to take away: a signed document."""

import json
import logging
from http import HTTPStatus
from uuid import UUID

from django.http import HttpResponse
from django.utils.translation import gettext_lazy as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from audit.signing import KeyUnusableError
from gateway.permissions import may_view
from gateway.request import ApiRequest
from payments.executions.access import execution_of
from payments.presentation.proof import proof_of
from payments.presentation.receipt import signed
from ui import handlers

logger = logging.getLogger(__name__)
NO_KEY = handlers.Refusal(
    HTTPStatus.SERVICE_UNAVAILABLE,
    "lock",
    _("It could not be signed"),
    _("The desk's key cannot be read, so there is no receipt. The proof is on its page. Tell whoever runs it."),
)


@never_cache
@require_safe
@may_view
def execution_receipt(request: ApiRequest, pk: UUID) -> HttpResponse:
    """What the proof says, as JSON, with the desk's signature."""
    execution = execution_of(request.user, request.channel, pk)
    try:
        document = signed(proof_of(execution))
    except KeyUnusableError:
        logger.exception("The receipt of execution %s could not be signed", pk)
        return handlers.answer(request, NO_KEY)
    answer = HttpResponse(json.dumps(document, indent=1, sort_keys=True), content_type="application/json")
    answer["Content-Disposition"] = f'attachment; filename="receipt-{pk}.json"'
    return answer
