"""Regular work of the channel: what goes live or ends by the clock, and columns gone silent."""

from datetime import time, timedelta

from django.conf import settings
from django.core.mail import send_mail
from django.core.management import call_command
from django.db import transaction
from django.utils import timezone, translation
from django.utils.translation import gettext as _
from django_tasks import task

from shiliu.channel import actions
from shiliu.channel.models import ColumnPage
from shiliu.core.models import User
from shiliu.core.work import regularly


@regularly(every=timedelta(minutes=1))
@task()
def publish_scheduled() -> None:
    """Publish what was reviewed and waits for its time, and take back what has reached its end."""
    call_command("publish_scheduled", verbosity=0)


@regularly(at=time(8, 30))
@task()
def tell_of_stale_columns() -> int:
    """Tell editors once of each column that has gone silent; the number of columns told of."""
    with transaction.atomic():
        found = actions.tell_of_stale_columns(timezone.localdate())
        for column, people in found:
            for username in people:
                mail_of_stale_column.enqueue(column.code, username)
    return len(found)


@task()
def mail_of_stale_column(code: str, username: str) -> None:
    user = User.objects.filter(username=username, is_active=True).exclude(email="").first()
    column = ColumnPage.objects.filter(code=code).first()
    if user is None or column is None or not settings.SENDS_MAIL:
        return
    with translation.override(settings.LANGUAGE_CODE):
        words = {"column": column.title, "days": settings.COLUMN_DAYS, "url": column.full_url}
        body = _(
            "Nothing new has appeared in the column “%(column)s” for more than %(days)d days:\n\n%(url)s\n\n"
            "Write something for it, or give the column an end if it is not continued.\n"
        )
        send_mail(_("A column has gone silent: %(column)s") % words, body % words, None, [user.email])
