"""Regular work of the house itself."""

from datetime import time, timedelta

from django.utils import timezone
from django_tasks import task
from django_tasks_db.models import DBTaskResult

from shiliu.core import findable, held, limits, retention
from shiliu.core.figures import daily
from shiliu.core.models import Submission
from shiliu.core.work import regularly

KEEP_RESULTS = timedelta(days=30)
KEEP_KEYS = timedelta(days=180)
SETTLE_SECONDS = 50  # of each minute at most: after an import of years there is more to do


@regularly(at=time(3, 10))
@task()
def erase_expired() -> int:
    """Erase contact details whose retention has ended; the number of values erased."""
    return retention.erase(timezone.localdate())


@regularly(at=time(3, 25))
@task()
def reindex() -> None:
    """Put right what the public search has otherwise than the records: what was written past the door."""
    for kind in findable.KINDS.values():
        findable.reindex(kind)


@regularly(every=timedelta(minutes=1))
@task()
def settle_sums() -> int:
    """Make the daily sums of figures what the records say again; the number of days that had changed."""
    return daily.settle(SETTLE_SECONDS)


@regularly(at=time(3, 40))
@task()
def sweep() -> None:
    """Drop what only served a while: task results, idempotency keys, counts, sessions, files in between."""
    from django.core.management import call_command

    now = timezone.now()
    DBTaskResult.objects.finished().filter(finished_at__lt=now - KEEP_RESULTS).delete()
    Submission.objects.filter(at__lt=now - KEEP_KEYS).delete()
    limits.sweep()
    call_command("clearsessions")
    held.sweep(now)
