from django.conf import settings
from django.urls import URLPattern, URLResolver, include, path

from dashboard import views
from gateway.views import api_answers

urlpatterns: list[URLPattern | URLResolver] = [
    path("", views.home, name="home"),
    path("api-answers/", api_answers, name="api-answers"),
    path("orders/", include("orders.old_urls")),
    path("", include("orders.finding.urls")),
    path("index/", include("index.urls")),
    path("pasted/", include("orders.pasted.urls")),
    path("overview/", include("overview.urls")),
    path("downloads/", include("jobs.urls")),
    path("bulk/", include("orders.bulk.urls")),
    path("views/", include("orders.saved_views.urls")),
    path("payments/", include("payments.urls")),
    path("queue/", include("teamwork.urls")),
    path("accounts/", include("accounts.urls")),
    path("data-protection/", include("operations.data_protection.urls")),
    path("people/", include("accounts.people.urls")),
    path("audit/", include("audit.urls")),
    path("status/", include("operations.urls")),
]
if settings.SANDBOX:
    urlpatterns += [path(settings.SANDBOX_PREFIX.lstrip("/"), include(settings.SANDBOX_URLCONF))]
urlpatterns += [
    path("<channel:channel>/orders/", include("orders.urls")),
    path("<channel:channel>/", include("overview.channel_urls")),
    path("<channel:channel>/", include("payments.channel_urls")),
    path("<channel:channel>/", include("teamwork.channel_urls")),
]

handler400 = "ui.handlers.bad_request"
handler403 = "ui.handlers.permission_denied"
handler404 = "ui.handlers.not_found"
handler429 = "ui.handlers.too_many"
handler500 = "ui.handlers.server_error"
