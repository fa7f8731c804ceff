from django.urls import path

from orders.changes.addresses import BillingChange, ShippingAddressChange
from orders.changes.attributes import AttributesChange
from orders.changes.callbacks import (
    HookCreate,
    HookRemoval,
    NotificationCreate,
    NotificationRemoval,
    ValidationChange,
    ValidationCreate,
    ValidationRemoval,
)
from orders.changes.cart import CartChange
from orders.changes.consents import ConsentAddition, ConsentRemoval, ConsentsChange
from orders.changes.deletion import OrderDeletion
from orders.changes.payments import PaymentChange, PaymentCreate, PaymentRemoval
from orders.changes.refresh import PaymentRefresh
from orders.changes.shippings import ShippingChange, ShippingCreate, ShippingRemoval
from orders.changes.state import ReferenceChange, StateChange
from orders.changes.transactions import ActionCreate, TransactionCreate
from orders.changes.views import creation, validation
from orders.changes.views.dialogs import changing
from orders.customer import views as customer_views
from orders.exports import views as exports_views
from orders.list import views as orders_list
from orders.notes import views as notes_views
from orders.page import views as page_views
from orders.saved_views import views as saved_views
from orders.timeline import views as timeline_views

urlpatterns = [
    path("", orders_list.order_list, name="order-list"),
    path("find/", orders_list.order_find, name="order-find"),
    path("counts/", saved_views.view_counts, name="view-counts"),
    path("export/", exports_views.order_export, name="order-export"),
    path("new/", creation.order_create, name="order-create"),
    path("<str:order_id>/", page_views.order_detail, name="order-detail"),
    path("<str:order_id>/before/", orders_list.order_before, name="order-before"),
    path("<str:order_id>/after/", orders_list.order_after, name="order-after"),
    path("<str:order_id>/state/", changing(StateChange), name="state-edit"),
    path("<str:order_id>/reference/", changing(ReferenceChange), name="reference-edit"),
    path("<str:order_id>/billing/", changing(BillingChange), name="billing-edit"),
    path("<str:order_id>/shipping-address/", changing(ShippingAddressChange), name="shipping-address-edit"),
    path("<str:order_id>/cart/", changing(CartChange), name="cart-edit"),
    path("<str:order_id>/consents/", changing(ConsentsChange), name="consents-edit"),
    path("<str:order_id>/consents/new/", changing(ConsentAddition), name="consent-create"),
    path("<str:order_id>/consents/<path:consent_id>/delete/", changing(ConsentRemoval), name="consent-delete"),
    path("<str:order_id>/attributes/", changing(AttributesChange), name="attributes-edit"),
    path("<str:order_id>/validate/", validation.order_validate, name="order-validate"),
    path("<str:order_id>/validations/new/", changing(ValidationCreate), name="validation-create"),
    path("<str:order_id>/validations/<str:validation_id>/", changing(ValidationChange), name="validation-edit"),
    path(
        "<str:order_id>/validations/<str:validation_id>/remove/", changing(ValidationRemoval), name="validation-delete"
    ),
    path("<str:order_id>/hooks/new/", changing(HookCreate), name="hook-create"),
    path("<str:order_id>/hooks/<str:hook_id>/remove/", changing(HookRemoval), name="hook-delete"),
    path("<str:order_id>/notifications/new/", changing(NotificationCreate), name="notification-create"),
    path(
        "<str:order_id>/notifications/<str:notification_id>/remove/",
        changing(NotificationRemoval),
        name="notification-delete",
    ),
    path("<str:order_id>/customer/", customer_views.order_customer, name="order-customer"),
    path("<str:order_id>/customer/line/", customer_views.order_customer_line, name="order-customer-line"),
    path("<str:order_id>/customer/channel/", customer_views.order_customer_channel, name="order-customer-channel"),
    path("<str:order_id>/customer/found/", customer_views.order_customer_found, name="order-customer-found"),
    path("<str:order_id>/timeline/", timeline_views.order_timeline, name="order-timeline"),
    path("<str:order_id>/notes/add/", notes_views.note_create, name="note-create"),
    path("<str:order_id>/notes/<int:note_id>/", notes_views.note_history, name="note-history"),
    path("<str:order_id>/notes/<int:note_id>/edit/", notes_views.note_edit, name="note-edit"),
    path("<str:order_id>/delete/", changing(OrderDeletion), name="order-delete"),
    path("<str:order_id>/raw/", page_views.order_raw, name="order-raw"),
    path("<str:order_id>/identity/<str:which>/", page_views.order_identity, name="order-identity"),
    path("<str:order_id>/payments/", page_views.payment_list, name="payment-list"),
    path("<str:order_id>/payments/add/", changing(PaymentCreate), name="payment-create"),
    path("<str:order_id>/payments/<str:payment_id>/", page_views.payment_detail, name="payment-detail"),
    path(
        "<str:order_id>/payments/<str:payment_id>/transactions/",
        page_views.payment_transactions,
        name="payment-transactions",
    ),
    path("<str:order_id>/payments/<str:payment_id>/edit/", changing(PaymentChange), name="payment-edit"),
    path("<str:order_id>/payments/<str:payment_id>/remove/", changing(PaymentRemoval), name="payment-remove"),
    path(
        "<str:order_id>/payments/<str:payment_id>/transactions/add/",
        changing(TransactionCreate),
        name="transaction-create",
    ),
    path("<str:order_id>/payments/<str:payment_id>/refresh/", changing(PaymentRefresh), name="payment-refresh"),
    path("<str:order_id>/payments/<str:payment_id>/actions/add/", changing(ActionCreate), name="action-create"),
    path("<str:order_id>/shippings/", page_views.shipping_list, name="shipping-list"),
    path("<str:order_id>/shippings/new/", changing(ShippingCreate), name="shipping-create"),
    path("<str:order_id>/shippings/<str:shipping_id>/edit/", changing(ShippingChange), name="shipping-edit"),
    path("<str:order_id>/shippings/<str:shipping_id>/remove/", changing(ShippingRemoval), name="shipping-remove"),
    path("<str:order_id>/shippings/<str:shipping_id>/", page_views.shipping_detail, name="shipping-detail"),
]
