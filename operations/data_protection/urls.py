from django.urls import path

from operations.data_protection import views

urlpatterns = [
    path("", views.data_protection, name="data-protection"),
    path("mine/", views.own_account_export, name="own-account-export"),
]
