"""Background work of requests."""

from datetime import time, timedelta

from django.utils import timezone
from django_tasks import task

from shiliu.core import search
from shiliu.core.work import regularly
from shiliu.requests import forgetting, notices
from shiliu.requests.models import Request

LEFT = timedelta(minutes=30)  # more than all the repetitions of one task take


@task()
def index(code: str) -> None:
    """Put a request's words into the search. Safe to run twice."""
    request = Request.objects.get(code=code)
    search.index("requests.request", code, at=request.received_at, text=findable(request))


def findable(request: Request) -> str:
    """The words under which a request is found."""
    return f"{request.code} {request.words}"


@task()
def tell_resident(code: str, version: int) -> None:
    """Tell the person who asked about the step that made `version`. Safe to run twice."""
    notices.tell(code, version)


@regularly(every=timedelta(minutes=10))
@task()
def send_what_waits() -> None:
    """Send notices whose own task came to no end."""
    for notice in notices.waiting(timezone.now() - LEFT):
        try:
            notices.deliver(notice)
        except notices.NotSent:
            continue


@regularly(at=time(3, 55))
@task()
def forget() -> int:
    """Erase words, photos and recordings of requests that ended long ago; of how many."""
    return forgetting.erase(timezone.localdate())
