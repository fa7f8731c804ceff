"""The list of all channels, and its export; and addresses of before each said which channel it is of, which find their
order by themselves."""

from django.urls import path

from orders.exports.views import order_export_anywhere
from orders.list import views
from orders.page import old_addresses

urlpatterns = [
    path("", views.orders_anywhere, name="orders-anywhere"),
    path("export/", order_export_anywhere, name="order-export-anywhere"),
    path("<str:order_id>/", old_addresses.order_anywhere, name="order-anywhere"),
    path("<str:order_id>/<path:rest>", old_addresses.order_anywhere, name="order-part-anywhere"),
]
