from django.contrib.auth.decorators import login_not_required
from django.db import connection
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect
from django.views.decorators.http import require_safe


@require_safe
def home(request: HttpRequest) -> HttpResponse:
    """The start page is the list of orders."""
    return redirect("order-list")


@login_not_required
@require_safe
def health(request: HttpRequest) -> JsonResponse:
    """200 while this process and its database answer. Says nothing of the Order API: its outage is
    no reason to restart us."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1")
    return JsonResponse({"status": "ok"})
