"""Payment actions: the dialog under the payment's own address, and the desk's pages about what became of them."""

from django.urls import URLPattern, path

from payments.views import doubt, execute, executions

urlpatterns: list[URLPattern] = [
    path(
        "orders/<str:order_id>/payments/<str:payment_id>/actions/<str:action_id>/execute/",
        execute.payment_action_execute,
        name="payment-action-execute",
    ),
    path("payments/<uuid:pk>/result/", execute.execution_result, name="execution-result"),
    path("payments/", doubt.doubt_list, name="doubt-list"),
    path("payments/<uuid:pk>/", executions.execution_detail, name="execution-detail"),
    path("payments/<uuid:pk>/proof/", executions.execution_proof, name="execution-proof"),
    path("payments/<uuid:pk>/check/", doubt.execution_check, name="execution-check"),
    path("payments/<uuid:pk>/settle/", doubt.execution_settle, name="execution-settle"),
]
