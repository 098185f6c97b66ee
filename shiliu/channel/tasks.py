"""Regular work of the channel."""

from datetime import timedelta

from django_tasks import task

from shiliu.channel.actions import sync_editor
from shiliu.core.models import User
from shiliu.core.work import regularly


@regularly(every=timedelta(hours=1))
@task()
def sync_editors() -> None:
    """Posts begin and end with the day, also for those who do not sign in."""
    for user in User.objects.filter(tenures__isnull=False).distinct():
        sync_editor(user)
