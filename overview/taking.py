"""*Take it*: whoever says so has the order from then on, as a task of `teamwork`."""

from django.contrib.auth.models import User

from accounts.channels import Channel
from audit import log
from order_api.schemas import Order
from teamwork import access, services
from teamwork.models import Kind
from teamwork.presentation import whose


class HeldError(Exception):
    """Somebody else has it. Nothing was changed."""

    def __init__(self, name: str) -> None:
        super().__init__(name)
        self.name = name


def take(check: str, channel: Channel, order: Order, user: User, who: log.Who) -> bool:
    """The person has the order now: what was asked of a role about it, or of somebody who cannot do it any more,
    becomes theirs; else it is a new task. False where they have it already.

    Raises HeldError, and audit.log.AuditUnavailableError where it cannot be recorded; nothing was done then.
    """
    tasks = [task for task in access.of_order(channel, order.id or "") if task.kind == Kind.ASK]
    if any(task.for_person_id == user.pk for task in tasks):
        return False
    free = [task for task in tasks if task.for_person_id is None or access.left_by_all(task)]
    if tasks and not free:
        raise HeldError(whose(tasks[0]))
    if free:
        try:
            services.take(free[0], who, user)
        except services.TaskMovedError:
            free[0].refresh_from_db()
            raise HeldError(whose(free[0])) from None
        return True
    about = services.About(order.id or "", channel.merchant, channel.name, order.reference or "")
    services.create(Kind.ASK, about, who, for_person=user, code=f"check.{check}")
    return True
