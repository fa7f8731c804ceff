from django.conf import settings
from django.urls import URLPattern, URLResolver, include, path

from dashboard import views

urlpatterns: list[URLPattern | URLResolver] = [
    path("", views.home, name="home"),
    path("health/", views.health, name="health"),
    path("orders/", include("orders.urls")),
    path("", include("payments.urls")),
    path("accounts/", include("accounts.urls")),
    path("people/", include("accounts.people_urls")),
    path("audit/", include("audit.urls")),
]
if settings.SANDBOX:
    urlpatterns += [path(settings.SANDBOX_PREFIX.lstrip("/"), include(settings.SANDBOX_URLCONF))]

handler400 = "dashboard.handlers.bad_request"
handler403 = "dashboard.handlers.permission_denied"
handler404 = "dashboard.handlers.not_found"
handler429 = "dashboard.handlers.too_many"
handler500 = "dashboard.handlers.server_error"
