"""Addresses of payment actions that say no channel, as all did before: mails, alerts and printed proofs have them."""

from uuid import UUID

from django.http import Http404, HttpResponse
from django.shortcuts import redirect, resolve_url
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from gateway.permissions import may_view
from gateway.request import ApiRequest
from payments.executions.access import visible
from payments.models import ExternalMove


@require_safe
@may_view
def execution_anywhere(request: ApiRequest, pk: UUID) -> HttpResponse:
    """To the payment action, in its channel. Raises Http404 where there is none, and just so where the channel is not
    theirs."""
    return _to(request, pk, "execution-detail")


@require_safe
@may_view
def approval_anywhere(request: ApiRequest, pk: UUID) -> HttpResponse:
    """To the request, as `execution_anywhere`."""
    return _to(request, pk, "approval-detail")


@require_safe
@may_view
def move_anywhere(request: ApiRequest, move_id: int) -> HttpResponse:
    """To what others moved, as `execution_anywhere`."""
    move = ExternalMove.objects.filter(pk=move_id, execution__in=visible(request.user)).first()
    if move is None:
        raise Http404(_("There is no such task."))
    return redirect("external-acknowledge", move.execution.in_channel, move_id)


def _to(request: ApiRequest, pk: UUID, page: str) -> HttpResponse:
    execution = visible(request.user).filter(pk=pk).first()
    if execution is None:
        raise Http404(_("There is no such payment action."))
    return redirect(resolve_url(page, execution.in_channel, pk))
