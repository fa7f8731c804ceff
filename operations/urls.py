from django.urls import path

from operations import views

urlpatterns = [
    path("", views.status, name="status"),
    path("runbook/", views.runbook, name="runbook"),
    path("alerts/<slug:way>/test/", views.alert_test, name="alert-test"),
]
