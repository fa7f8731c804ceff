"""The board, over all channels of the person."""

from collections.abc import Callable
from typing import Any

from django.urls import URLPattern, path, register_converter

from overview import views
from overview.converters import DayConverter
from overview.scope import OF_ONE

register_converter(DayConverter, "day")
PAGES: tuple[tuple[str, str, Callable[..., Any]], ...] = (
    ("", "overview", views.overview),
    ("attention/", "overview-attention", views.overview_attention),
    ("undelivered/", "overview-undelivered", views.overview_undelivered),
    ("today/", "overview-today", views.overview_today),
    ("trend/", "overview-trend", views.overview_trend),
    ("day/<day:day>/", "overview-day", views.overview_day),
    ("<slug:check>/", "overview-check", views.overview_check),
)
urlpatterns: list[URLPattern] = [path(route, view, name=name) for route, name, view in PAGES]
in_channel: list[URLPattern] = [
    path(route, view, {"in_channel": True}, name=f"{name}{OF_ONE}") for route, name, view in PAGES
]
