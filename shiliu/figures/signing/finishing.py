"""The part of signing that goes over all records: made in the background, as of the moment of the press.

The right was checked at the press, like the signature under a letter that the office then copies: whoever
loses the post between the two has signed all the same.
"""

import hashlib
import logging
from datetime import timedelta

from django.conf import settings
from django.utils import timezone
from django_tasks_db.models import DBTaskResult

from shiliu import keyring
from shiliu.core import door
from shiliu.core.access import System
from shiliu.core.figures import Over
from shiliu.core.work import ATTEMPTS, FAILED, READY, RUNNING
from shiliu.figures.report import over, reported
from shiliu.figures.signing import content, seal, tasks
from shiliu.figures.signing.content import State
from shiliu.figures.signing.models import SignedContent, SignedDay, SignedReport, Signing
from shiliu.figures.signing.states import FAIL, FINISH, LIFECYCLE

log = logging.getLogger("shiliu.figures")
BY = System("signing")
AT_LEAST = timedelta(minutes=1)  # a signing is not given up before
Fault = Signing.Fault


def finish(code: str) -> None:
    """Make the signed report, or say why there is none. Run again, or by two workers, it makes one.

    What the database says when it is out of reach is raised: the worker then tries again.
    """
    it = Signing.objects.waiting().select_related("area", "signed_by").filter(code=code).first()
    if it is None:
        return
    try:
        state = content.state(it.period, it.area, with_days=True, at=it.pressed_at)
        if state.seen != it.seen:
            return _fail(it, Fault.CHANGED)
        key = keyring.report_keys(settings.REPORT_KEYS, settings.DATA)[0]
    except keyring.KeyRefused:
        return _fail(it, Fault.KEY)
    except content.Failed as failed:
        log.exception("the report that %s signs cannot be computed", code)
        return _fail(it, Fault.FIGURE, figure=failed.key or _first_that_fails(over(it.period, it.area)))
    about = content.about(state, it.area, code=it.code, post=it.post)
    _store(it, state, seal.sealed(about, content.contents(state), key))


def _first_that_fails(asked: Over) -> str:
    """The key of the figure because of which a report cannot be computed; "" where none fails by itself."""
    for figure in reported():
        try:
            figure.at(asked)
        except Exception:  # which it is was logged
            return figure.key
    return ""


def _fail(it: Signing, fault: Signing.Fault, figure: str = "") -> None:
    try:
        with door.change(it, FAIL, by=BY, seen=it.version) as change:
            change.step(LIFECYCLE)
            change.set(fault=fault.value, figure=figure)
    except door.StaleState:  # another worker came to an end before
        log.info("signing %s was finished already", it.code)


def _store(it: Signing, state: State, document: bytes) -> None:
    signed = SignedReport(
        code=it.code,
        area=it.area,
        start=it.start,
        end=it.end,
        signed_at=it.pressed_at,
        signed_by=it.signed_by,
        post=it.post,
        key=seal.read(document).fingerprint,
        digest=hashlib.sha256(document).hexdigest(),
    )
    try:
        with door.together():
            with door.change(it, FINISH, by=BY, seen=it.version) as change:
                change.step(LIFECYCLE)
            door.create(signed, FINISH, by=BY)
            SignedContent.objects.create(report=signed, document=document.decode())
            SignedDay.objects.bulk_create(_days(signed, state), batch_size=500)
    except door.StaleState:
        log.info("signing %s was finished already", it.code)


def _days(signed: SignedReport, state: State) -> list[SignedDay]:
    return [
        SignedDay(report=signed, figure=figure, day=day, marks=bytes(found.kept))
        for figure, days in state.days.items()
        for day, found in days.items()
        if found.whole
    ]


def give_up() -> list[str]:
    """Of signings whose task failed at its last attempt, or is gone, say so: nobody waits for ever. Their
    codes.
    """
    waiting = list(Signing.objects.waiting().filter(pressed_at__lt=timezone.now() - AT_LEAST))
    if not waiting:
        return []
    path = tasks.finish_signing.module_path
    rows = DBTaskResult.objects.filter(task_path=path, status__in=[READY, RUNNING, FAILED])
    alive = {
        row.args_kwargs["args"][0]
        for row in rows
        if row.status != FAILED or len(row.worker_ids) < ATTEMPTS  # else it is tried again
    }
    ended = [it for it in waiting if it.code not in alive]
    for it in ended:
        _fail(it, Fault.GIVEN_UP)
    return [it.code for it in ended]
