"""Each write of the Order API as a person does it in the desk: where they look for it, what they
fill in, what they see afterwards."""

import re
from collections.abc import Callable
from typing import NamedTuple

from playwright.sync_api import Locator, Page

ADAPTERS = "http://127.0.0.1/checkout/adapters"
Step = Callable[[Page], None]


class Write(NamedTuple):
    """`role` is the lowest that may; `sees` is what the part of the page named `where` says
    afterwards, `gone` what it says no more."""

    operation: str
    name: str
    role: str
    where: str
    opens: Step
    fills: Step
    sees: str = ""
    gone: str = ""
    folded: str = ""
    """What has to be unfolded first to see it."""
    is_asked: bool = False
    """Whether the desk asks first, so that it takes two presses."""


def part(page: Page, name: str) -> Locator:
    """A part of the order's page, by its heading; without a name the page's own."""
    return page.get_by_role("region", name=name, exact=True).first if name else page.locator("main")


def link(where: str, name: str) -> Step:
    """A link that begins with this word; what it changes is said behind it to those who hear it alone."""
    begins = re.compile(rf"^{re.escape(name)}( |$)")
    return lambda page: part(page, where).get_by_role("link", name=begins).first.click()


def record(name: str) -> Step:
    """A way to put a payment's record right, which is folded away."""

    def opens(page: Page) -> None:
        part(page, "Payments").get_by_text("Details, correct the record").first.click()
        link("Payments", name)(page)

    return opens


def row_link(row: str, name: str) -> Step:
    """A link in the row of the integrations that holds these words."""

    def opens(page: Page) -> None:
        part(page, "Integrations").locator("summary").first.click()
        part(page, "Integrations").get_by_role("row").filter(has_text=row).get_by_role("link", name=name).first.click()

    return opens


def in_fold(name: str) -> Step:
    """A link behind the line of the integrations."""

    def opens(page: Page) -> None:
        part(page, "Integrations").locator("summary").first.click()
        link("Integrations", name)(page)

    return opens


def more(name: str) -> Step:
    """An entry of the menu behind the order's head."""

    def opens(page: Page) -> None:
        page.locator("main").get_by_text("More", exact=True).first.click()
        page.get_by_role("link", name=name).click()

    return opens


def then(*steps: Step) -> Step:
    def run(page: Page) -> None:
        for step in steps:
            step(page)

    return run


def field(label: str, text: str) -> Step:
    return lambda page: page.get_by_label(label, exact=True).fill(text)


def choice(label: str, value: str) -> Step:
    def choose(page: Page) -> None:
        page.get_by_label(label, exact=True).select_option(value)

    return choose


def tick(label: str) -> Step:
    return lambda page: page.get_by_label(label).check()


def nothing(page: Page) -> None:
    """There is nothing to fill in."""


WRITES = [
    Write(
        "orders.create", "order-create", "admin", "", link("", "New order"),
        then(field("Reference", "WALK-NEW"), field("Currency", "SEK"), field("Name of item 1", "Tent"),
        field("Quantity of item 1", "2"),
             field("Unit price of item 1, with VAT", "625"), field("VAT of item 1 in percent", "25")),
        sees="1,250.00 SEK",
    ),
    Write(
        "orders.delete", "order-delete", "admin", "", more("Delete order…"),
        field("Type “WALK” to delete it", "WALK"), sees="The order was deleted",
    ),
    Write(
        "orders.update_state", "state-edit", "manager", "", link("", "Change state…"),
        then(tick("Processing –"), field("Reason", "The customer called")), sees="Processing",
    ),
    Write(
        "orders.update_cart", "cart-edit", "manager", "Items", link("Items", "Edit cart"),
        field("Mug Quantity", "3"), sees="3 × 125.00", is_asked=True,
    ),
    Write("orders.update_billing", "billing-edit", "support", "Customer", link("Customer", "Edit billing"),
    field("City", "Frösön"), sees="Frösön"),
    Write(
        "orders.update_shipping_address", "shipping-address-edit", "support", "Customer",
        link("Customer", "Edit shipping"), field("City", "Krokom"), sees="Krokom",
    ),
    Write("orders.update_reference", "reference-edit", "support", "References", link("References", "Edit"),
    field("Reference", "WALK-2"), sees="WALK-2"),
    Write(
        "orders.create_consent", "consent-create", "support", "Consents", link("Consents", "Add"),
        then(field("Id", "sms"), field("Text", "News by text message")), sees="News by text message: not given",
    ),
    Write("orders.patch_consent", "consents-edit", "support", "Consents", link("Consents", "Edit"),
    tick("News by e-mail"), gone="News by e-mail: not given"),
    Write(
        "orders.patch_consents", "consents-edit", "support", "Consents", link("Consents", "Edit"),
        then(tick("News by e-mail"), tick("Profiling")), gone="not given",
    ),
    Write(
        "orders.remove_consent", "consent-delete", "support", "Consents",
        then(link("Consents", "Edit"),
        lambda page: page.locator("#dialog .consent").filter(has_text="Profiling").get_by_role("link").click()),
        nothing, gone="Profiling",
    ),
    Write(
        "orders.patch_attributes", "attributes-edit", "manager", "Attributes Order", more("Change attributes…"),
        field("Value 1", "blue"), sees="blue",
    ),
    Write(
        "orders.create_validation", "validation-create", "admin", "Integrations", in_fold("Add a check"),
        then(field("Adapter", "klarna_adapter"), field("Address", f"{ADAPTERS}/klarna_adapter/validations/pass")),
        sees="klarna_adapter",
    ),
    Write(
        "orders.update_validation", "validation-edit", "admin", "Integrations", row_link("asked when", "Edit"),
        field("Adapter", "qliro_adapter"), sees="qliro_adapter",
    ),
    Write(
        "orders.remove_validation", "validation-delete", "admin", "Integrations", row_link("asked when", "Remove"),
        nothing, gone="asked when the order is checked",
    ),
    Write("orders.validate", "order-validate", "admin", "Answers", in_fold("Run the checks"), nothing,
    sees="no objection"),
    Write(
        "orders.create_hook", "hook-create", "admin", "Integrations", in_fold("Add a hook"),
        then(field("Adapter", "klarna_adapter"), field("Asked about", "/cart"),
        field("Address", f"{ADAPTERS}/klarna_adapter/hooks/approve")),
        sees="on /cart",
    ),
    Write("orders.delete_hook", "hook-delete", "admin", "Integrations", row_link("on /customer", "Remove"), nothing,
    gone="on /customer"),
    Write(
        "orders.create_notification", "notification-create", "admin", "Integrations",
        in_fold("Add a notification"),
        then(field("Adapter", "klarna_adapter"), field("Told about", "/cart"),
        field("Address", f"{ADAPTERS}/klarna_adapter/notifications/accept")),
        sees="when /cart changes",
    ),
    Write(
        "orders.delete_notification", "notification-delete", "admin", "Integrations",
        row_link("when /state/currentStatus changes", "Remove"),
        nothing, gone="/state/currentStatus",
    ),
    Write(
        "payments.create", "payment-create", "admin", "Payments", link("Payments", "Add a payment"),
        then(field("Name", "Gift card"), field("Adapter", "awardit_adapter"), field("Amount", "50")), sees="Gift card",
        is_asked=True,
    ),
    Write("payments.update", "payment-edit", "admin", "Payments", record("Correct the record"),
    field("Name", "Klarna, by hand"), sees="Klarna, by hand"),
    Write("payments.update", "payment-remove", "admin", "Payments", record("Remove"), nothing,
    sees="1 removed payment, not counted", is_asked=True),
    Write(
        "adapters.refresh", "payment-refresh", "admin", "Payments", link("Payments", "Ask Klarna for the state"),
        nothing, sees="Capture",
    ),
    Write(
        "payments.add_transaction", "transaction-create", "admin", "Payments", record("Add a transaction"),
        then(choice("Event", "open"), field("Status at the provider", "SAID-BY-PHONE")), folded="Transactions",
        sees="SAID-BY-PHONE",
    ),
    Write(
        "payments.add_actions", "action-create", "admin", "Payments", record("Offer actions"),
        then(field("Type of action 1", "resend"), field("Address of action 1",
        f"{ADAPTERS}/klarna_adapter/actions/resend")),
        sees="resend",
    ),
    Write(
        "shippings.create", "shipping-create", "manager", "Shipping", link("Shipping", "Add a shipping"),
        then(field("Name", "Bike courier"), field("Adapter", "nshift_adapter"), field("Price with VAT", "49")),
        sees="Bike courier", is_asked=True,
    ),
    Write("shippings.update", "shipping-edit", "manager", "Shipping", link("Shipping", "Edit"),
    field("Carrier", "Bring"), sees="Bring"),
    Write("shippings.update", "shipping-remove", "manager", "Shipping", link("Shipping", "Remove"), nothing,
    sees="1 removed shipping, not counted"),
]  # fmt: skip
