"""Payment actions: the dialog under the payment's own address, and the desk's pages about what became of them."""

from django.urls import URLPattern, path

from payments.views import execute

urlpatterns: list[URLPattern] = [
    path(
        "orders/<str:order_id>/payments/<str:payment_id>/actions/<str:action_id>/execute/",
        execute.payment_action_execute,
        name="payment-action-execute",
    ),
    path("payments/<uuid:pk>/result/", execute.execution_result, name="execution-result"),
]
