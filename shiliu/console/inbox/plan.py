"""Tasks that wait."""

from django.db.models import QuerySet
from django.utils import timezone
from django.utils.translation import pgettext_lazy

from shiliu.console.inbox.kinds import Item, Waiting
from shiliu.core import access
from shiliu.core.models import User
from shiliu.grid.models import Tenure
from shiliu.plan.models import Task


def _my_tasks(user: User) -> QuerySet:
    mine = Tenure.objects.of_today(user).values("post")
    return Task.objects.open().filter(owner__in=mine).select_related("owner").order_by("due_on", "pk")


def _late_tasks(user: User) -> QuerySet:
    inside = Task.objects.open().within(access.scope_of(user, "plan.complete"))
    late = inside.filter(due_on__lt=timezone.localdate())
    return late.select_related("owner").order_by("due_on", "pk")


def _task(it: Task) -> Item:
    return Item(it.title, it.owner.title, str(it.due_on), late=it.due_on < timezone.localdate())


WAITING = [
    Waiting("tasks", pgettext_lazy("what waits", "tasks of my posts"), "", _my_tasks, _task, is_rare=True),
    Waiting(
        "late_tasks",
        pgettext_lazy("what waits", "tasks overdue in the town"),
        "plan.complete",
        _late_tasks,
        _task,
        is_urgent=True,
    ),
]
