"""The contract's enumerations as open sets: text, with the values known today and room for those of tomorrow.

Names and values are those of the Norce reference (schemas/state, schemas/paymenttransaction, schemas/logistics, …).
Its pages print at most ten values of any enumeration, so that `cancelled` and `refunded` of PaymentState come from the
API's own later version.
"""

from typing import ClassVar, Self


class OpenSet(str):
    """Text from the API. Equal to the plain string; a known value is read in any case, an unknown
    one stays as it came."""

    __slots__ = ()
    values: ClassVar[tuple[str, ...]] = ()
    _canonical: ClassVar[dict[str, "OpenSet"]] = {}

    def __init_subclass__(cls) -> None:
        cls._canonical = {spelling: cls(value) for value in cls.values for spelling in (value, value.lower())}

    @classmethod
    def read(cls, text: str) -> Self:
        """The value in the contract's spelling if it is known (`"Person"` is `"person"`), as it came if not."""
        known = cls._canonical.get(text) or cls._canonical.get(text.lower())
        return known if isinstance(known, cls) else cls(text)

    @property
    def is_known(self) -> bool:
        return self in self._canonical


class OrderStatus(OpenSet):
    __slots__ = ()
    values = ("checkout", "processing", "accepted", "completed", "declined", "removed")


class PaymentState(OpenSet):
    __slots__ = ()
    values = (
        "intent",
        "removed",
        "processing",
        "failed",
        "confirmed",
        "pending",
        "declined",
        "reserved",
        "credited",
        "captured",
        "cancelled",
        "refunded",
    )


class PaymentEvent(OpenSet):
    __slots__ = ()
    values = ("open", "process", "confirm", "reopen", "cancel", "paymentAction", "capture", "refund")


class PaymentType(OpenSet):
    __slots__ = ()
    values = ("default", "prepaid", "voucher")


class ShippingState(OpenSet):
    __slots__ = ()
    values = ("intent", "removed", "processing", "failed", "confirmed")


class CustomerType(OpenSet):
    __slots__ = ()
    values = ("person", "organization")


class DiscountType(OpenSet):
    __slots__ = ()
    values = ("item", "shipping")


class ProductType(OpenSet):
    __slots__ = ()
    values = ("physical", "digital", "giftCard", "bundle")


class OrderVersion(OpenSet):
    __slots__ = ()
    values = ("v0", "v1")


class UpsellState(OpenSet):
    __slots__ = ()
    values = ("created", "actionRequired", "completed", "failed")


class OrderListOrderBy(OpenSet):
    __slots__ = ()
    values = ("created", "billingEmail", "billingName", "cartTotal")


class OrderListOrderByDirection(OpenSet):
    __slots__ = ()
    values = ("asc", "desc")
