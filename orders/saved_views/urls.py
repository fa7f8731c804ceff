from django.urls import path

from orders.saved_views import columns, views

urlpatterns = [
    path("", views.view_list, name="view-list"),
    path("new/", views.view_create, name="view-create"),
    path("order/", views.view_order, name="view-order"),
    path("columns/", columns.list_columns, name="list-columns"),
    path("counts/", views.view_counts_anywhere, name="view-counts-anywhere"),
    path("<int:view_id>/", views.view_edit, name="view-edit"),
    path("<int:view_id>/update/", views.view_update, name="view-update"),
    path("<int:view_id>/delete/", views.view_delete, name="view-delete"),
]
