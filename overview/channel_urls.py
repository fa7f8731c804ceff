"""The board of one channel, and what is done about an order that it shows."""

from django.urls import URLPattern, URLResolver, include, path

from overview import views
from overview.urls import in_channel

urlpatterns: list[URLPattern | URLResolver] = [
    path("overview/undelivered/<str:event_id>/again/", views.event_retry, name="event-retry"),
    path("overview/", include(in_channel)),
    path("orders/<str:order_id>/attention/<slug:check>/take/", views.attention_take, name="attention-take"),
    path("orders/<str:order_id>/attention/<slug:check>/aside/", views.attention_aside, name="attention-aside"),
]
