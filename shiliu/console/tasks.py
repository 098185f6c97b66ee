"""Regular work of the console."""

from datetime import timedelta

from django_tasks import task

from shiliu.console.wagtail import sync
from shiliu.core.models import User
from shiliu.core.work import regularly


@regularly(every=timedelta(hours=1))
@task()
def sync_admin() -> None:
    """Posts begin and end with the day, also for those who do not sign in."""
    for user in User.objects.filter(tenures__isnull=False).distinct().iterator():
        sync(user)
