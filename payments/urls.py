"""Payment actions: the dialog under the payment's own address, and the desk's pages about what became of them."""

from django.urls import URLPattern, path

from payments.views import (
    alerts,
    approvals,
    execute,
    executions,
    external,
    four_eyes,
    in_doubt,
    limits,
    reasons,
    receipt,
)

urlpatterns: list[URLPattern] = [
    path(
        "orders/<str:order_id>/payments/<str:payment_id>/actions/<str:action_id>/execute/",
        execute.payment_action_execute,
        name="payment-action-execute",
    ),
    path("payments/bands/", executions.band_list, name="band-list"),
    path("payments/<uuid:pk>/result/", execute.execution_result, name="execution-result"),
    path("payments/", in_doubt.doubt_list, name="doubt-list"),
    path("payments/<uuid:pk>/", executions.execution_detail, name="execution-detail"),
    path("payments/<uuid:pk>/proof/", executions.execution_proof, name="execution-proof"),
    path("payments/<uuid:pk>/proof/receipt/", receipt.execution_receipt, name="execution-receipt"),
    path("payments/<uuid:pk>/check/", in_doubt.execution_check, name="execution-check"),
    path("payments/<uuid:pk>/settle/", in_doubt.execution_settle, name="execution-settle"),
    path("payments/moved/<int:move_id>/acknowledge/", external.external_acknowledge, name="external-acknowledge"),
    path("payments/alerts/", alerts.alert_list, name="alert-list"),
    path("payments/approvals/", approvals.approval_list, name="approval-list"),
    path("payments/approvals/<uuid:pk>/", approvals.approval_detail, name="approval-detail"),
    path("payments/approvals/<uuid:pk>/approve/", approvals.approval_approve, name="approval-approve"),
    path("payments/approvals/<uuid:pk>/turn-down/", approvals.approval_turn_down, name="approval-turn-down"),
    path("payments/approvals/<uuid:pk>/withdraw/", approvals.approval_withdraw, name="approval-withdraw"),
    path("payments/reasons/", reasons.reason_list, name="reason-list"),
    path("payments/reasons/<str:kind>/", reasons.reason_edit, name="reason-edit"),
    path("payments/limits/", limits.limit_list, name="limit-list"),
    path("payments/limits/add/", limits.limit_create, name="limit-create"),
    path("payments/limits/pending/<int:number>/confirm/", limits.limit_confirm, name="limit-confirm"),
    path("payments/limits/pending/<int:number>/drop/", limits.limit_drop, name="limit-drop"),
    path("payments/limits/<int:limit_id>/", limits.limit_edit, name="limit-edit"),
    path("payments/limits/<int:limit_id>/delete/", limits.limit_delete, name="limit-delete"),
    path("payments/four-eyes/", four_eyes.four_eyes_list, name="four-eyes-list"),
    path("payments/four-eyes/add/", four_eyes.four_eyes_create, name="four-eyes-create"),
    path("payments/four-eyes/pending/<int:number>/confirm/", four_eyes.four_eyes_confirm, name="four-eyes-confirm"),
    path("payments/four-eyes/pending/<int:number>/drop/", four_eyes.four_eyes_drop, name="four-eyes-drop"),
    path("payments/four-eyes/<int:rule_id>/", four_eyes.four_eyes_edit, name="four-eyes-edit"),
    path("payments/four-eyes/<int:rule_id>/delete/", four_eyes.four_eyes_delete, name="four-eyes-delete"),
]
