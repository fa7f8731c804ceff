"""Whether the Order API answers again: what a page asks by itself that shows why it cannot show more."""

from http import HTTPStatus

from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe
from django_htmx.http import trigger_client_event

from gateway.outages import does_answer
from gateway.permissions import may_view
from gateway.request import ApiRequest


@never_cache
@require_safe
@may_view
def api_answers(request: ApiRequest) -> HttpResponse:
    """That it does, for the page to load itself anew unless somebody is typing; 204 while it does not. One call."""
    if not does_answer(request.api):
        return HttpResponse(status=HTTPStatus.NO_CONTENT)
    return trigger_client_event(render(request, "includes/answers_again.html"), "api-answers", after="swap")
