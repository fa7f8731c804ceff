"""One execution: what is known of it by now, and the proof of it."""

from uuid import UUID

from django.http import HttpResponse
from django.shortcuts import render, resolve_url
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from gateway.permissions import may_view
from gateway.request import ApiRequest
from payments.executions.access import execution_of, moves_on
from payments.executions.manual_settlement import BY_HAND
from payments.limits.rules import Excess
from payments.models import Execution
from payments.presentation.evidence_log import pieces_of
from payments.presentation.moves import moved
from payments.presentation.order_panel import of_order
from payments.presentation.preview import above, through
from payments.presentation.proof import proof_of
from payments.presentation.summary import how, known, title_of, via, was_contradicted
from payments.reasons.services import words_of
from ui.pages import render_page


@never_cache
@require_safe
@may_view
def execution_detail(request: ApiRequest, pk: UUID) -> HttpResponse:
    """What is known about the money, the evidence so far, and what to do next. Reads nothing at the API."""
    execution = execution_of(request.user, request.channel, pk)
    evidence = list(execution.evidence.all())
    context = about(request, execution) | {
        "known": known(execution, evidence[-1] if evidence else None),
        "pieces": pieces_of(execution, evidence),
        "is_live": execution.is_open,
        "can_settle": execution.state in BY_HAND,
        "was_contradicted": was_contradicted(execution),
        "moves": [moved(each) for each in moves_on(execution)],
    }
    return render_page(request, "payments/execution_detail.html", context, partials=("execution",))


@never_cache
@require_safe
@may_view
def execution_proof(request: ApiRequest, pk: UUID) -> HttpResponse:
    """One printable page for whoever has to be shown what happened."""
    execution = execution_of(request.user, request.channel, pk)
    proof = proof_of(execution)
    last = proof.found[-1].piece.evidence if proof.found else None
    context = about(request, execution) | {"proof": proof, "known": known(execution, last)}
    return render_page(request, "payments/execution_proof.html", context)


@never_cache
@require_safe
@may_view
def band_list(request: ApiRequest) -> HttpResponse:
    """What is not settled of the payments of an `order` by now, for its page, and how those ended that the page has
    `seen`. Reads nothing at the API, so that only what was asked in the person's channel is found."""
    order_id = request.GET.get("order", "")
    found = of_order(request.channel, order_id)
    seen = set(request.GET.getlist("seen"))
    unsettled = {each.pk for each in found.unsettled}
    context = {
        "executions": found,
        "settled": [each for each in found.executions if str(each.pk) in seen and each.pk not in unsettled],
        "order_id": order_id,
        "is_live": found.is_moving,
        "now": timezone.now(),
        "again": resolve_url("order-detail", request.channel, order_id) if order_id else "",
    }
    return render(request, "payments/bands_now.html", context)


def about(request: ApiRequest, execution: Execution) -> dict[str, object]:
    """What both pages say at their head."""
    channel = execution.in_channel
    return {
        "execution": execution,
        "title": title_of(execution),
        "how": how(execution),
        "through": through(via(execution), execution.provider),
        "channel_of_it": str(channel),
        "above": [above(Excess(**each), execution.currency) for each in execution.excess],
        "reason": words_of(execution.reason),
        "now": timezone.now(),
        "place": "doubt",
    }
