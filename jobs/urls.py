"""*Downloads*: a person's own exports."""

from django.urls import URLPattern, path

from jobs import views

urlpatterns: list[URLPattern] = [
    path("", views.download_list, name="download-list"),
    path("<uuid:pk>/", views.download_detail, name="download-detail"),
    path("<uuid:pk>/file/", views.download_file, name="download-file"),
    path("<uuid:pk>/stop/", views.download_stop, name="download-stop"),
    path("<uuid:pk>/resume/", views.download_resume, name="download-resume"),
    path("<uuid:pk>/delete/", views.download_delete, name="download-delete"),
]
