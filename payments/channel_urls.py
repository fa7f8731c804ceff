"""Payment actions: the dialog under the payment's own address, and the pages of what became of one."""

from django.urls import URLPattern, path

from payments.views import approvals, ask, execute, executions, external, in_doubt, receipt

urlpatterns: list[URLPattern] = [
    path(
        "orders/<str:order_id>/payments/<str:payment_id>/actions/<str:action_id>/ask/",
        ask.payment_action_ask,
        name="payment-action-ask",
    ),
    path(
        "orders/<str:order_id>/payments/<str:payment_id>/actions/<str:action_id>/execute/",
        execute.payment_action_execute,
        name="payment-action-execute",
    ),
    path("payments/bands/", executions.band_list, name="band-list"),
    path("payments/<uuid:pk>/result/", execute.execution_result, name="execution-result"),
    path("payments/<uuid:pk>/", executions.execution_detail, name="execution-detail"),
    path("payments/<uuid:pk>/proof/", executions.execution_proof, name="execution-proof"),
    path("payments/<uuid:pk>/proof/receipt/", receipt.execution_receipt, name="execution-receipt"),
    path("payments/<uuid:pk>/check/", in_doubt.execution_check, name="execution-check"),
    path("payments/<uuid:pk>/settle/", in_doubt.execution_settle, name="execution-settle"),
    path("payments/moved/<int:move_id>/acknowledge/", external.external_acknowledge, name="external-acknowledge"),
    path("payments/approvals/<uuid:pk>/", approvals.approval_detail, name="approval-detail"),
    path("payments/approvals/<uuid:pk>/approve/", approvals.approval_approve, name="approval-approve"),
    path("payments/approvals/<uuid:pk>/take-up/", approvals.approval_take_up, name="approval-take-up"),
    path("payments/approvals/<uuid:pk>/turn-down/", approvals.approval_turn_down, name="approval-turn-down"),
    path("payments/approvals/<uuid:pk>/withdraw/", approvals.approval_withdraw, name="approval-withdraw"),
]
