"""What was written to and by residents, and photos and recordings, are erased some time after the end.

Contact details go sooner: their terms stand on the fields themselves (`core.retention`).
"""

from datetime import date, datetime, time, timedelta

from django.db import transaction
from django.utils import timezone

from shiliu.core import audit
from shiliu.core.retention import CLOCK, ERASED
from shiliu.requests.models import Message, Photo, Recording, Request

KEEP_DAYS = 730  # local: no rule was found; long enough to answer a complaint about how it was handled
BATCH = 200
OF_RESIDENT = (Message.Kind.TO_RESIDENT, Message.Kind.FROM_RESIDENT)


def erase(today: date) -> int:
    """Erase what belongs to requests that ended more than `KEEP_DAYS` before today; how many had any.

    An entry stays for each of them, and of a message that there was one. Notes among staff stay.
    """
    until = timezone.make_aware(datetime.combine(today - timedelta(days=KEEP_DAYS), time()))
    erased = 0
    while due := _due(until):
        erased += _erase(due, until)
    return erased


def _due(until: datetime) -> list[int]:
    """Some of the requests that have something to be erased."""
    words = Message.objects.filter(kind__in=OF_RESIDENT).exclude(words="")
    found: set[int] = set()
    for rows in (words, Photo.objects.all(), Recording.objects.all()):
        ended = rows.filter(request__closed_at__lt=until).order_by("pk")
        found.update(ended.values_list("request_id", flat=True)[:BATCH])
    return sorted(found)[:BATCH]


@transaction.atomic
def _erase(due: list[int], until: datetime) -> int:
    """Of those that have not been reopened meanwhile."""
    ended = Request.objects.select_for_update().filter(pk__in=due, closed_at__lt=until)
    requests = list(ended.only("code", "version", "area_id").order_by("pk"))
    words = Message.objects.filter(request__in=requests, kind__in=OF_RESIDENT).exclude(words="")
    words.update(words="")
    # Files first: a run that ends in between finds their rows again, and a file that is gone is no fault.
    for photo in Photo.objects.filter(request__in=requests):
        photo.picture.delete(save=False)
        photo.thumbnail.delete(save=False)
        photo.delete()
    for recording in Recording.objects.filter(request__in=requests):
        recording.sound.delete(save=False)
        recording.delete()
    for request in requests:
        audit.record(CLOCK, ERASED, request, data={"field": "messages, photos, recordings"})
    return len(requests)
