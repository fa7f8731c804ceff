"""Who is told of a task at once: written down with the task, so that none is lost, and sent later by the worker."""

from django.conf import settings
from django.db.models import Q
from django.utils import timezone

from audit.log import Who
from teamwork.models import Mail, Mailing, Task
from teamwork.people import people_of


def is_on() -> bool:
    """Whether the desk sends mail about queues: it does where its own address is set, to lead there."""
    return bool(settings.DESK_URL)


def tell(task: Task, by: Who) -> None:
    """Whoever it is for and wants to hear at once will; nobody of what they did themselves. One query, two where
    somebody will."""
    if not is_on():
        return
    whose = Q(pk=task.for_person_id) if task.for_person_id else Q(groups__name=task.for_role)
    people = people_of(task.where).filter(whose).exclude(email="")
    wanting = Mailing.objects.filter(when=Mailing.When.AT_ONCE, user__in=people)
    if by.user_id is not None:
        wanting = wanting.exclude(user_id=by.user_id)
    now = timezone.now()
    Mail.objects.bulk_create(
        Mail(task=task, to_id=user_id, created_at=now, next_try_at=now)
        for user_id in wanting.values_list("user_id", flat=True)
    )
