"""Telling the person who asked that something has happened: by e-mail, by another service, or by a call.

A notice says that there is news and where to read it, never the request's words nor a name. `Notice` rows
are the outbox and the record of what went out: one for each request, entry of a story, and channel.
"""

import logging
import re
from smtplib import SMTPRecipientsRefused

from django.conf import settings
from django.core.cache import cache
from django.core.mail import send_mail
from django.db import transaction
from django.db.models import F
from django.utils import timezone, translation
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from shiliu.core import audit, receipts, sending
from shiliu.core.models import AuditEntry
from shiliu.grid.town import town_name
from shiliu.requests import addresses
from shiliu.requests.models import CallBack, Notice, Request

log = logging.getLogger("shiliu.requests")
LEASE = 10 * 60  # seconds; longer than any server keeps a worker waiting
TRIES = 5  # as often as the worker repeats a task; after that somebody calls
_MOBILE = re.compile(r"1[3-9]\d{9}")  # what a text message reaches
Channel, State = Notice.Channel, Notice.State

# What is worth telling at once; everything else stands on the page. `states` has the verbs of the table.
SAYS = {
    "requests.accept": gettext_lazy("We have taken it on."),
    "requests.refuse": gettext_lazy("It does not belong here. The page says where to turn instead."),
    "requests.transfer": gettext_lazy("It was passed to the petition office."),
    "requests.merge": gettext_lazy("It goes on together with another request about the same."),
    "requests.hold": gettext_lazy("It has to wait. The page says until when, and why."),
    "requests.extend": gettext_lazy("It takes longer. The page says until when, and why."),
    "requests.classify": gettext_lazy(
        "It is a matter of another kind, which takes longer. The page says until when."
    ),
    "requests.defer": gettext_lazy("It cannot be solved now and stays on our list. The page says why."),
    "requests.report": gettext_lazy("It was reported done. Please look, and say whether it is solved."),
    "requests.close": gettext_lazy("It is closed. If it is not solved, please say so on the page."),
    "requests.reopen": gettext_lazy("It is being worked on again."),
    "requests.tell": gettext_lazy("We have written to you. You can read it on the page."),
    "requests.inquire": gettext_lazy("We have a question to you. Please answer it on the page."),
}
# For these nobody is called: the page has them, and after the end the person is called anyway.
NO_CALL = ("requests.accept", "requests.report", "requests.close")
# What is told of the request with which one's own goes on: how far it is, and nothing of its words.
OF_THE_OTHER = {
    "requests.report": gettext_lazy("The request with which it goes on was reported done."),
    "requests.close": gettext_lazy(
        "The request with which it goes on is closed. If yours is not solved, please ask anew."
    ),
    "requests.defer": gettext_lazy(
        "The request with which it goes on cannot be solved now and stays on our list."
    ),
}
NO_CALL_OF_THE_OTHER = ("requests.report",)  # whose request was merged is not called to be asked


def tell(code: str, version: int) -> None:
    """Tell about the step that made `version`: the person who asked, and those whose requests were merged
    into this one. Safe to run twice; NotSent asks to be repeated.
    """
    request = Request.objects.get(code=code)
    entry = AuditEntry.objects.filter(kind=audit.kind_of(Request), public_id=code, version=version)
    step = entry.filter(verb__in=SAYS).first()
    if step is None:
        return
    # All rows first: one that cannot be sent now keeps none of the others waiting, nor from the clock.
    notices = [notice for each in [request, *_merged_into(request, step)] if (notice := _noted(each, step))]
    faults = []
    for notice in notices:
        try:
            deliver(notice)
        except NotSent as fault:
            faults.append(fault)
    if faults:
        raise faults[0]


def _merged_into(request: Request, step: AuditEntry) -> list[Request]:
    """What went on as this request when the step was taken, also by way of another, where it is told."""
    found: list[Request] = []
    last = [request] if step.verb in OF_THE_OTHER else []
    while last:
        last = list(Request.objects.filter(merged_into__in=last, closed_at__lte=step.at).order_by("pk"))
        found += last
    return found


def _noted(request: Request, step: AuditEntry) -> Notice | None:
    """The notice to be sent, or that was; None where nobody is reached, or by a call."""
    channel = channel_for(request)
    if channel == Channel.CALL:
        if step.verb not in (NO_CALL if _is_own(request, step) else NO_CALL_OF_THE_OTHER):
            _to_be_called(request, step)
        return None
    if channel is None:
        return None
    return Notice.objects.get_or_create(request=request, entry=step, channel=channel)[0]


def _is_own(request: Request, step: AuditEntry) -> bool:
    return step.public_id == request.code


def _sentence(request: Request, step: AuditEntry) -> str:
    """What a step means for the person who asked, in the language of the moment."""
    return str((SAYS if _is_own(request, step) else OF_THE_OTHER)[step.verb])


def channel_for(request: Request) -> str | None:
    """How to reach the person; None for somebody who left no contact, or whose contact is erased."""
    if request.contact_email and settings.SENDS_MAIL:
        return Channel.EMAIL
    if not request.contact_phone:
        return None
    return (
        Channel.SERVICE if settings.NOTICE_URL and _MOBILE.fullmatch(request.contact_phone) else Channel.CALL
    )


def deliver(notice: Notice) -> None:
    """Send what waits. Of two workers at the same one a single one sends: it holds a lease while it does,
    and has counted the try that the other read.

    A fault is raised again, so that the task is repeated; the last one, and one that no repetition mends,
    puts the person on the list of calls instead. What a worker left that died is sent by the clock.
    """
    lease = f"notice:{notice.pk}"
    if notice.state != State.WAITING or not cache.add(lease, 1, timeout=LEASE):
        return
    mine = Notice.objects.filter(pk=notice.pk, state=State.WAITING, tries=notice.tries)
    try:
        if mine.update(tries=F("tries") + 1):
            _try(notice)
    finally:
        cache.delete(lease)


def _try(notice: Notice) -> None:
    try:
        _send(notice)
    except Exception as error:
        fault = type(error).__name__  # its message may hold the address
        if notice.tries + 1 < TRIES and not isinstance(error, SMTPRecipientsRefused):
            Notice.objects.filter(pk=notice.pk).update(fault=fault)
            raise NotSent(fault) from None
        log.error("notice %d was not sent: %s", notice.pk, fault)
        _give_up(notice, fault)
    else:
        Notice.objects.filter(pk=notice.pk).update(state=State.SENT, sent_at=timezone.now(), fault="")


class NotSent(Exception):
    """A notice could not be sent now; the message is the kind of fault, and nothing of the person."""


def waiting(before: object) -> list[Notice]:
    """What a worker left that died on it: made before a moment, some at a time."""
    rows = Notice.objects.filter(state=State.WAITING, made_at__lt=before)
    return list(rows.select_related("request", "entry").order_by("pk")[:500])


def text_of(request: Request, step: AuditEntry) -> str:
    """What a notice says, in the town's language: that there is news, the receipt code, and the page."""
    with translation.override(settings.LANGUAGE_CODE):
        about = _("%(town)s, your request %(code)s:") % {
            "town": town_name(),
            "code": receipts.shown(request.code),
        }
        return f"{about}\n{_sentence(request, step)}\n{addresses.of_receipt(request.code)}"


def _send(notice: Notice) -> None:
    request = notice.request
    text = text_of(request, notice.entry)
    if notice.channel == Channel.EMAIL:
        send_mail(text.splitlines()[0].rstrip(":："), f"{text}\n", None, [request.contact_email])
    elif not sending.send(settings.NOTICE_URL.replace("{phone}", request.contact_phone), text):
        raise NotSent("refused by the service")


def _give_up(notice: Notice, fault: str) -> None:
    with transaction.atomic():
        Notice.objects.filter(pk=notice.pk).update(state=State.FAILED, fault=fault)
        if notice.request.contact_phone:
            _to_be_called(notice.request, notice.entry)


@transaction.atomic
def _to_be_called(request: Request, step: AuditEntry) -> None:
    """Once for each step; what is to be told before somebody has called is one call."""
    from shiliu.requests.actions.call_backs import plan_call_back  # the actions enqueue what tells

    _notice, new = Notice.objects.get_or_create(
        request=request,
        entry=step,
        channel=Channel.CALL,
        defaults={"state": State.SENT, "sent_at": timezone.now()},
    )
    if not new:
        return
    with translation.override(settings.LANGUAGE_CODE):
        words = _sentence(request, step)
    plan_call_back(request, reason=CallBack.Reason.TELL, words=words)
