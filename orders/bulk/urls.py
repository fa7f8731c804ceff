from django.urls import path

from orders.bulk import approving, job_views, views

urlpatterns = [
    path("new/", views.bulk_new, name="bulk-new"),
    path("<uuid:mark>/", views.bulk_detail, name="bulk-detail"),
    path("<uuid:mark>/on/", views.bulk_on, name="bulk-on"),
    path("<uuid:mark>/state/", views.bulk_target, name="bulk-target"),
    path("<uuid:mark>/start/", views.bulk_start, name="bulk-start"),
    path("<uuid:mark>/forget/", views.bulk_forget, name="bulk-forget"),
    path("<uuid:mark>/approval/", approving.bulk_approval, name="bulk-approval"),
    path("<uuid:mark>/approve/", approving.bulk_approve, name="bulk-approve"),
    path("<uuid:mark>/turn-down/", approving.bulk_turn_down, name="bulk-turn-down"),
    path("jobs/", job_views.bulk_job_list, name="bulk-job-list"),
    path("jobs/<uuid:pk>/", job_views.bulk_job, name="bulk-job"),
    path("jobs/<uuid:pk>/stop/", job_views.bulk_job_stop, name="bulk-job-stop"),
    path("jobs/<uuid:pk>/go-on/", job_views.bulk_job_go_on, name="bulk-job-go-on"),
    path("jobs/<uuid:pk>/again/", job_views.bulk_job_again, name="bulk-job-again"),
    path("jobs/<uuid:pk>/results.csv", job_views.bulk_job_csv, name="bulk-job-csv"),
]
