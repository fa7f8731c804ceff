"""What is asked about an order, under the order's own address, and who can be asked in a channel."""

from django.urls import URLPattern, path

from teamwork import presence_views, views

urlpatterns: list[URLPattern] = [
    path("presence/", presence_views.presence_page, name="presence"),
    path("colleagues/", views.colleague_list, name="colleague-list"),
    path("orders/<str:order_id>/assign/", views.task_create, name="task-create"),
    path("orders/<str:order_id>/tasks/<int:task_id>/hand-over/", views.task_hand_over, name="task-hand-over"),
    path("orders/<str:order_id>/tasks/<int:task_id>/done/", views.task_done, name="task-done"),
    path("orders/<str:order_id>/tasks/<int:task_id>/take/", views.task_take, name="task-take"),
    path("orders/<str:order_id>/tasks/<int:task_id>/give-back/", views.task_give_back, name="task-give-back"),
]
