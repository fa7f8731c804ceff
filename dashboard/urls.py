from django.conf import settings
from django.urls import URLPattern, URLResolver, include, path

from dashboard import views
from gateway.views import api_answers

urlpatterns: list[URLPattern | URLResolver] = [
    path("", views.home, name="home"),
    path("health/", views.health, name="health"),
    path("api-answers/", api_answers, name="api-answers"),
    path("orders/", include("orders.urls")),
    path("", include("payments.urls")),
    path("accounts/", include("accounts.urls")),
    path("people/", include("accounts.people.urls")),
    path("audit/", include("audit.urls")),
]
if settings.SANDBOX:
    urlpatterns += [path(settings.SANDBOX_PREFIX.lstrip("/"), include(settings.SANDBOX_URLCONF))]

handler400 = "ui.handlers.bad_request"
handler403 = "ui.handlers.permission_denied"
handler404 = "ui.handlers.not_found"
handler429 = "ui.handlers.too_many"
handler500 = "ui.handlers.server_error"
