"""The sandbox's addresses, below where the project mounts it: the Order API, the event log, and
what stands behind them."""

from collections.abc import Callable
from functools import partial
from typing import Any

from django.urls import URLPattern, URLResolver, include, path, re_path

from sandbox import adapters, docs, pictures
from sandbox.api import configuration, events, v0, v1
from sandbox.entry import guarded
from sandbox.provider import services
from sandbox.provider import views as provider


def _guard(patterns: list[Any]) -> list[URLPattern | URLResolver]:
    """The patterns of an API, every view of them behind the sandbox's door."""
    for pattern in patterns:
        pattern.callback = guarded(pattern.callback)
    return patterns


def _at(route: str, view: Callable[..., Any], name: str) -> URLPattern:
    return path(route, guarded(view), name=f"sandbox-{name}")


MERCHANTS = "configuration/api/v1/configuration/merchants/<str:merchant>"

urlpatterns: list[URLPattern | URLResolver] = [
    _at("order/openapi.json", v0.openapi, "openapi"),
    _at("order/openapi-v1.json", v1.openapi, "openapi-v1"),
    _at("order/docs", docs.docs, "docs"),
    path("order/", include((_guard(v0.api.urls[0]), "sandbox-v0"))),
    path("order/", include((_guard(v1.api.urls[0]), "sandbox-v1"))),
    re_path(r"^order(?P<path>/.*)?$", guarded(v0.unknown), name="sandbox-unknown"),
    path("notification/", include((_guard(events.api.urls[0]), "sandbox-events"))),
    re_path(r"^notification(?P<path>/.*)?$", guarded(events.unknown), name="sandbox-events-unknown"),
    _at("provider/api/order/v1/orders/<str:order_id>/payments/<str:payment_id>/<str:kind>", provider.act, "provider"),
    *(
        _at(
            f"{service}-adapter/api/order/v1/orders/<str:order_id>/payments/<str:payment_id>/<str:kind>",
            partial(services.act, service=service),
            f"{service}-adapter",
        )
        for service in services.REFRESHES
    ),
    _at(f"{MERCHANTS}/channels", configuration.channels, "channels"),
    _at(f"{MERCHANTS}/channels/<str:channel>/configurations", configuration.configurations, "configurations"),
    _at(f"{MERCHANTS}/channels/<str:channel>/configurations/<str:name>", configuration.configuration, "configuration"),
    _at("adapters/<str:adapter_id>/<path:path>", adapters.act, "adapter"),
    _at("images/<str:sku>.svg", pictures.picture, "picture"),
    re_path(r"^(?P<path>.*)$", guarded(v1.no_such_service), name="sandbox-no-such-service"),
]
