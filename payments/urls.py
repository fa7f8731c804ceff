"""Payment actions: the dialog under the payment's own address, and the desk's pages about what became of them."""

from django.urls import URLPattern

urlpatterns: list[URLPattern] = []
