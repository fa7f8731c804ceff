from django.urls import path

from index.push_views import index_push

urlpatterns = [
    path("push/<str:merchant>/<str:name>/", index_push, name="index-push"),
    path("push/<str:merchant>/<str:name>/<str:order_id>/", index_push, name="index-push-order"),
]
