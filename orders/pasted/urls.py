from django.urls import path

from orders.pasted import views

urlpatterns = [
    path("", views.pasted_new, name="pasted-new"),
    path("<uuid:mark>/", views.pasted_detail, name="pasted-detail"),
    path("<uuid:mark>/on/", views.pasted_on, name="pasted-on"),
    path("<uuid:mark>/stop/", views.pasted_stop, name="pasted-stop"),
    path("<uuid:mark>/again/", views.pasted_again, name="pasted-again"),
    path("<uuid:mark>/forget/", views.pasted_forget, name="pasted-forget"),
]
