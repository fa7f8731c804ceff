"""The addresses that Norce's notifications call. Whoever does has no session, and needs the secret in the address."""

from http import HTTPStatus

from django.contrib.auth.decorators import login_not_required
from django.http import Http404, HttpRequest, HttpResponse
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_POST

from accounts.channels import Channel, all_channels
from index import push
from index.sweeping import worker


@csrf_exempt
@login_not_required
@never_cache
@require_POST
def index_push(request: HttpRequest, merchant: str, name: str, order_id: str = "") -> HttpResponse:
    """204: the order is read again soon, if there is one of that id. An address that is nobody's is not found, whatever
    is wrong with it; 429 where too much is said at once, 413 where it is too long."""
    channel = Channel(merchant, name)
    if not push.is_secret_of(channel, request.GET.get("secret", "")) or channel not in all_channels():
        if not push.may_be_wrong(request):
            return _later()
        raise Http404
    if not push.may_tell(channel):
        return _later()
    if not order_id and push.is_too_long(request):
        return HttpResponse(status=HTTPStatus.REQUEST_ENTITY_TOO_LARGE)
    changed = order_id or push.id_in(request.body)
    if push.can_be_id(changed) and push.keep(channel, changed):
        worker.wake()
    return HttpResponse(status=HTTPStatus.NO_CONTENT)


def _later() -> HttpResponse:
    return HttpResponse(status=HTTPStatus.TOO_MANY_REQUESTS, headers={"Retry-After": "60"})
