from django.urls import path

from orders.finding import views

urlpatterns = [
    path("find/", views.find, name="find"),
    path("find/answers/", views.find_answers, name="find-answers"),
    path("find/start/", views.find_start, name="find-start"),
    path("find/opened/", views.find_opened, name="find-opened"),
    path("keys/", views.keys, name="keys"),
]
