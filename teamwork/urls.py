"""*My queue* and the team's, over all channels of the person."""

from django.urls import URLPattern, path

from teamwork import views

urlpatterns: list[URLPattern] = [
    path("", views.queue_list, name="queue-list"),
    path("team/", views.queue_team, name="queue-team"),
    path("count/", views.queue_count, name="queue-count"),
    path("mail/", views.queue_mail, name="queue-mail"),
]
