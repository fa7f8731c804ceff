"""The desk's own pages about payment actions: over all channels of the person, and of no order."""

from django.urls import URLPattern, path

from payments.listing.export_views import money_export
from payments.listing.views import money_list
from payments.views import alerts, approvals, four_eyes, in_doubt, limits, old_addresses, reasons

urlpatterns: list[URLPattern] = [
    path("", money_list, name="money-list"),
    path("export/", money_export, name="money-export"),
    path("in-doubt/", in_doubt.doubt_list, name="doubt-list"),
    path("<uuid:pk>/", old_addresses.execution_anywhere, name="execution-anywhere"),
    path("<uuid:pk>/proof/", old_addresses.execution_anywhere, name="execution-proof-anywhere"),
    path("approvals/<uuid:pk>/", old_addresses.approval_anywhere, name="approval-anywhere"),
    path("moved/<int:move_id>/acknowledge/", old_addresses.move_anywhere, name="external-acknowledge-anywhere"),
    path("alerts/", alerts.alert_list, name="alert-list"),
    path("approvals/", approvals.approval_list, name="approval-list"),
    path("reasons/", reasons.reason_list, name="reason-list"),
    path("reasons/<str:kind>/", reasons.reason_edit, name="reason-edit"),
    path("limits/", limits.limit_list, name="limit-list"),
    path("limits/add/", limits.limit_create, name="limit-create"),
    path("limits/pending/<int:number>/confirm/", limits.limit_confirm, name="limit-confirm"),
    path("limits/pending/<int:number>/drop/", limits.limit_drop, name="limit-drop"),
    path("limits/<int:limit_id>/", limits.limit_edit, name="limit-edit"),
    path("limits/<int:limit_id>/delete/", limits.limit_delete, name="limit-delete"),
    path("four-eyes/", four_eyes.four_eyes_list, name="four-eyes-list"),
    path("four-eyes/add/", four_eyes.four_eyes_create, name="four-eyes-create"),
    path("four-eyes/pending/<int:number>/confirm/", four_eyes.four_eyes_confirm, name="four-eyes-confirm"),
    path("four-eyes/pending/<int:number>/drop/", four_eyes.four_eyes_drop, name="four-eyes-drop"),
    path("four-eyes/<int:rule_id>/", four_eyes.four_eyes_edit, name="four-eyes-edit"),
    path("four-eyes/<int:rule_id>/delete/", four_eyes.four_eyes_delete, name="four-eyes-delete"),
]
