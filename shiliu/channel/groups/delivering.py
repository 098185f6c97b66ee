"""Bots deliver: claimed before it is sent, one piece at a time, never twice, and no vendor waits for another.

A delivery that was claimed and whose end is not on record is unclear: the worker may have died after it
sent. A person looks into the group then; nothing is sent again by itself.
"""

import logging
import time
from datetime import datetime, timedelta
from typing import Any

from django.db import transaction
from django.db.models import F
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from shiliu.channel.groups import faults, words
from shiliu.channel.groups.states import LIFECYCLE
from shiliu.channel.models import Bot, Delivery, DeliveryState, Outage
from shiliu.core import audit, bots, door, sending
from shiliu.core.access import System
from shiliu.core.bots import Answer, Outcome
from shiliu.core.fields import UnreadableField

log = logging.getLogger("shiliu.channel")

TRIES = 14  # with the pauses between them somewhat more than a day
AT_A_TIME = 20
ENOUGH = 20  # seconds of one turn of the worker, which has other things to do
PATIENCE = 3  # failures in a row after which a vendor counts as down
LONGEST = timedelta(hours=4)
LOST = timedelta(minutes=3)  # a call ends long before
STOPPED = "stopped while sending"

BOTS = System("bots")
_KEEP = "channel.groups"  # of the console's people; the system asks nobody
SENT = audit.verb("channel.sent", _("sent “%(article)s” by the bot"), right=_KEEP)
SENT_PART = audit.verb("channel.sent_part", _("sent a part of “%(article)s” by the bot"), right=_KEEP)
PUT_OFF = audit.verb(
    "channel.put_off",
    _("could not send “%(article)s” yet, and tries again: %(fault)s"),
    right=_KEEP,
    told=faults.told,
)
GIVE_UP = audit.verb(
    "channel.give_up", _("could not send “%(article)s”: %(fault)s"), right=_KEEP, told=faults.told
)
LOSE = audit.verb(
    "channel.lose",
    _("does not know whether “%(article)s” is in the group: %(fault)s"),
    right=_KEEP,
    told=faults.told,
)
REST = audit.verb(
    "channel.rest", _("lets the bot rest until %(until)s, since the service finds it too fast"), right=_KEEP
)
DOWN = audit.verb(
    "channel.vendor_down", _("gets no answer from %(vendor)s: %(fault)s"), right=_KEEP, told=faults.told
)
UP = audit.verb("channel.vendor_up", _("gets answers from %(vendor)s again"), right=_KEEP, told=faults.told)


def pause_after(tries: int) -> timedelta:
    """1, 2, 4 … minutes, at most 4 hours."""
    return min(timedelta(minutes=2 ** min(tries - 1, 12)), LONGEST)


def is_down(vendor: str, now: datetime) -> bool:
    return Outage.objects.filter(vendor=vendor, failures__gte=PATIENCE, next_at__gt=now).exists()


def due(vendor: str, now: datetime) -> list[Delivery]:
    """What the bots of a vendor are to send now; nothing while the vendor is down."""
    if is_down(vendor, now):
        return []
    rows = Delivery.objects.for_bot().filter(next_at__lte=now, group__bot__vendor=vendor)
    found = rows.select_related("message__article", "group").order_by("next_at", "id")
    return list(found[:AT_A_TIME])


def run(vendor: str) -> bool:
    """Deliver for a while; whether more waits."""
    end = time.monotonic() + ENOUGH
    while found := due(vendor, timezone.now()):
        for delivery in found:
            if time.monotonic() > end:
                return True
            failed = deliver(delivery) in (Outcome.DOWN, Outcome.UNCLEAR)
            if failed and is_down(vendor, timezone.now()):
                return False
    return False


def deliver(delivery: Delivery) -> Outcome | None:
    """Send the next piece of one delivery; None where it was not this worker's to send."""
    now = timezone.now()
    try:
        bot = Bot.objects.get(group=delivery.group_id)
    except Bot.DoesNotExist:
        return None
    except UnreadableField:
        return _refuse(delivery, "key missing")
    if not bot.address:
        return _refuse(delivery, "no bot")
    wait = max((bot.paused_until - now).total_seconds(), 0) if bot.paused_until else 0
    if wait := wait or bots.take_turn(bot.address):
        _put_off(delivery, timedelta(seconds=wait))
        return None
    if not _claim(delivery, tries=F("tries") + 1):
        return None
    delivery.tries += 1
    found = sending.pieces(words.whole_text(delivery), sending.limit_of(bot.address))
    answer = bots.post(bot.address, found[min(delivery.pieces, len(found) - 1)])
    _note(delivery, bot, answer, last=delivery.pieces + 1 >= len(found))
    return answer.outcome


def _note(delivery: Delivery, bot: Bot, answer: Answer, *, last: bool) -> None:
    """Put on record what became of a claimed delivery, and how the vendor is."""
    now, outcome, pieces = timezone.now(), answer.outcome, delivery.pieces + 1
    if outcome is Outcome.TAKEN and last:
        _step(delivery, SENT, arrived_at=now, pieces=pieces, fault="")
    elif outcome is Outcome.TAKEN:
        _step(delivery, SENT_PART, pieces=pieces, next_at=now, tries=0, fault="")
    elif outcome is Outcome.WAIT:
        pause = timedelta(seconds=answer.pause)
        _rest(bot, delivery, now + pause)
        _again(delivery, pause, answer.fault)
    elif outcome is Outcome.DOWN:
        _again(delivery, pause_after(delivery.tries), answer.fault)
    elif outcome is Outcome.REFUSED:
        _step(delivery, GIVE_UP, fault=answer.fault)
    else:
        _step(delivery, LOSE, fault=answer.fault)
    if outcome in (Outcome.DOWN, Outcome.UNCLEAR):
        _failed(bot.vendor, answer.fault, now)
    else:
        _answered(bot.vendor)


def _again(delivery: Delivery, pause: timedelta, fault: str) -> None:
    if delivery.tries >= TRIES:
        _step(delivery, GIVE_UP, fault=fault)
    else:
        _step(delivery, PUT_OFF, next_at=timezone.now() + pause, fault=fault)


def _refuse(delivery: Delivery, fault: str) -> None:
    if _claim(delivery, tries=F("tries")):
        _step(delivery, GIVE_UP, fault=fault)


def _put_off(delivery: Delivery, pause: timedelta) -> None:
    """Until the bot's turn comes: nothing was tried, so there is nothing to tell."""
    rows = Delivery.objects.filter(pk=delivery.pk, state=DeliveryState.PREPARED, version=delivery.version)
    rows.update(next_at=timezone.now() + pause)


def _claim(delivery: Delivery, **values: Any) -> bool:
    """Take it, if nobody else did since this was read. A lock, and no step: what comes of it is on record."""
    step = LIFECYCLE["claim"]
    rows = Delivery.objects.filter(pk=delivery.pk, version=delivery.version, state__in=step.sources)
    if not rows.update(state=step.target, version=F("version") + 1, claimed_at=timezone.now(), **values):
        return False
    delivery.version += 1
    delivery.state = step.target
    return True


def _step(delivery: Delivery, verb: str, **values: Any) -> None:
    """One step through the door; nothing, if a person was faster."""
    try:
        with door.change(delivery, verb, by=BOTS, seen=delivery.version) as change:
            change.step(LIFECYCLE)
            change.set(**values)
            change.say(article=delivery.message.article.title)
    except door.StaleState:
        log.info("somebody was faster than the bot of group %s", delivery.group_id)


# Bots and vendors -------------------------------------------------------------------------------------------


def _rest(bot: Bot, delivery: Delivery, until: datetime) -> None:
    with transaction.atomic():
        Bot.objects.filter(pk=bot.pk).update(paused_until=until)
        audit.record(
            BOTS, REST, delivery.group, data={"until": f"{timezone.localtime(until):%Y-%m-%d %H:%M}"}
        )


def _failed(vendor: str, fault: str, now: datetime) -> None:
    """One more failure in a row; a vendor that is down is tried again with growing pauses."""
    with transaction.atomic():
        outage, new = Outage.objects.select_for_update().get_or_create(
            vendor=vendor, defaults={"since": now, "next_at": now, "fault": fault}
        )
        if new:
            return
        failures = outage.failures + 1
        pause = pause_after(max(failures - PATIENCE + 1, 1))
        Outage.objects.filter(vendor=vendor).update(failures=failures, next_at=now + pause, fault=fault)
        if failures == PATIENCE:
            audit.record(BOTS, DOWN, outage, data={"vendor": vendor, "fault": fault})
            log.warning("the bots of %s do not answer: %s", vendor, fault)


def _answered(vendor: str) -> None:
    """The vendor is there: told only where it was down before."""
    with transaction.atomic():
        outage = Outage.objects.filter(vendor=vendor).first()
        if outage is None:
            return
        if outage.failures >= PATIENCE:
            audit.record(BOTS, UP, outage, data={"vendor": vendor})
        outage.delete()


def find_lost(now: datetime) -> int:
    """What was claimed and came to no end: the worker died, perhaps after it sent. How many.

    The version stays, so that a worker that was only slow can still say how it ended.
    """
    rows = Delivery.objects.lacking().filter(state=DeliveryState.SENDING, claimed_at__lt=now - LOST)
    with transaction.atomic():
        found = list(rows.select_for_update(of=("self",)).select_related("message__article"))
        step, lost = LIFECYCLE[LOSE], []
        for it in found:
            lost.append((LOSE, it, {"fault": STOPPED, "article": it.message.article.title}))
        audit.record_many(BOTS, lost)
        return rows.filter(pk__in=[it.pk for it in found]).update(state=step.target, fault=STOPPED)
