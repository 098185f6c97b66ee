"""Background work of requests."""

import logging
from datetime import time, timedelta

from django.conf import settings
from django.db import transaction
from django.utils import timezone
from django_tasks import task

from shiliu.core.work import regularly
from shiliu.requests import forgetting, higher_up, notices
from shiliu.requests.models import Escalation, Request

log = logging.getLogger("shiliu.requests")
LEFT = timedelta(minutes=30)  # more than all the repetitions of one task take


@task()
def route(code: str) -> None:
    """Give a request to whom an automatic rule names. Safe to run twice."""
    from shiliu.requests.actions.routed import at_once  # the actions enqueue this task

    at_once(Request.objects.get(code=code))


@task()
def tell_higher_up(escalations: list[int]) -> int:
    """Have those one level up mailed, each by a task of its own, so that one refused address stops no other;
    the number of mails. None leaves where mail is not set up.
    """
    if not settings.SENDS_MAIL:
        return 0
    told = higher_up.told(Escalation.objects.filter(pk__in=escalations).select_related("request"))
    with transaction.atomic():
        for one in told:
            mail_higher_up.enqueue(one.user, one.area, one.number)
    return len(told)


@task()
def mail_higher_up(user: int, area: str, number: int) -> None:
    """Mail one of them. Run twice, it tells twice."""
    higher_up.mail(higher_up.Told(user, area, number))


@regularly(every=timedelta(minutes=1))
@task()
def look_at_the_clock() -> int:
    """Escalate what waits too long, and let go on what was on hold until today; how many were looked at."""
    from shiliu.requests.actions import escalating

    now, looked_at, faults = timezone.now(), 0, []
    for look in (escalating.look, escalating.look_at_milestones, escalating.let_go_on):
        try:
            while found := look(now):
                looked_at += found
        except Exception as fault:  # the other parts have nothing to do with it
            log.exception("the clock failed in %s", look.__name__)
            faults.append(fault)
    if faults:
        raise faults[0]  # so that `shiliu doctor` names it
    return looked_at


@regularly(at=time(2, 50))
@task()
def wind_up() -> int:
    """Set the alarms of what came in past the form."""
    from shiliu.requests.actions import escalating

    return escalating.wind_up()


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
