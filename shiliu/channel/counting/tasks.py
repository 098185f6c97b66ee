"""Once a day: names of batches that nobody can bring again go."""

from datetime import time, timedelta

from django.utils import timezone
from django_tasks import task

from shiliu.channel.counting import actions
from shiliu.core.work import regularly

KEEP = timedelta(days=90)  # a machine may have been off for long, with counts in its file


@regularly(at=time(3, 50))
@task()
def forget_batches() -> None:
    actions.forget_batches(timezone.now() - KEEP)
