from django.urls import path

from audit import views

urlpatterns = [
    path("", views.audit_list, name="audit-list"),
    path("export/", views.audit_export, name="audit-export"),
    path("<int:sequence>/", views.audit_detail, name="audit-detail"),
]
