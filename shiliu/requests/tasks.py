"""Background work of requests."""

from datetime import time, timedelta

from django.utils import timezone
from django_tasks import task

from shiliu.core import search
from shiliu.core.work import regularly
from shiliu.requests import higher_up
from shiliu.requests.models import Escalation, Request


@task()
def index(code: str) -> None:
    """Put a request's words into the search. Safe to run twice."""
    request = Request.objects.get(code=code)
    search.index("requests.request", code, at=request.received_at, text=findable(request))


@task()
def tell_higher_up(escalations: list[int]) -> int:
    """Mail those one level up; the number of mails. Run twice, it may tell twice."""
    found = Escalation.objects.filter(pk__in=escalations).select_related("request")
    return higher_up.send(found)


@regularly(every=timedelta(minutes=1))
@task()
def look_at_the_clock() -> int:
    """Escalate what waits too long, and let go on what was on hold until today; how many were looked at."""
    from shiliu.requests.actions import escalating

    now, looked_at = timezone.now(), 0
    for look in (escalating.look, escalating.look_at_milestones, escalating.let_go_on):
        while found := look(now):
            looked_at += found
    return looked_at


@regularly(at=time(2, 50))
@task()
def wind_up() -> int:
    """Set the alarms of what came in past the form."""
    from shiliu.requests.actions import escalating

    return escalating.wind_up()


def findable(request: Request) -> str:
    """The words under which a request is found."""
    return f"{request.code} {request.words}"
