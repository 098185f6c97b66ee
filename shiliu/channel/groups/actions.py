"""Writes of the groups: what they are, how many are in them, their bots, and what is posted there."""

from datetime import date

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from shiliu.channel import (
    history,
    rules,  # noqa: F401  registers the rights
)
from shiliu.channel.groups import faults, preparing
from shiliu.channel.groups.states import LIFECYCLE
from shiliu.channel.models import ArticlePage, Bot, Delivery, DeliveryState, GridGroup, GroupSize, Message
from shiliu.core import access, audit, bots, door
from shiliu.core.access import Actor

_KEEP = "channel.groups"
ADD = audit.verb("channel.add_group", gettext_lazy("recorded the group %(name)s"), right=_KEEP)
CHANGE = audit.verb("channel.change_group", gettext_lazy("changed the group"), right=_KEEP)
END = audit.verb("channel.end_group", gettext_lazy("ended the group on %(valid_to)s"), right=_KEEP)
COUNT = audit.verb("channel.count_group", gettext_lazy("counted %(members)s members on %(day)s"), right=_KEEP)
SET_BOT = audit.verb(
    "channel.set_bot", gettext_lazy("set a bot of %(vendor)s"), right=_KEEP, told=faults.told
)
REPLACE_BOT = audit.verb(
    "channel.replace_bot", gettext_lazy("replaced the bot's key (%(vendor)s)"), right=_KEEP, told=faults.told
)
REMOVE_BOT = audit.verb("channel.remove_bot", gettext_lazy("removed the bot"), right=_KEEP)
SEND = audit.verb(
    "channel.to_groups", gettext_lazy("had it sent into %(number)s groups"), right="channel.edit"
)
POST = audit.verb("channel.post", gettext_lazy("posted “%(article)s” into the group"))
UNPOST = audit.verb(
    "channel.unpost", gettext_lazy("took back that “%(article)s” was posted"), right="channel.post"
)
CONFIRM = audit.verb("channel.confirm", gettext_lazy("saw “%(article)s” in the group"), right="channel.post")
AGAIN = audit.verb("channel.again", gettext_lazy("had “%(article)s” sent once more"), right="channel.post")


# Groups ---------------------------------------------------------------------------------------------------


def add_group(group: GridGroup, *, by: Actor) -> GridGroup:
    return door.create(group, ADD, by=by)


def change_group(group: GridGroup, *, name: str, service: str, by: Actor, seen: int) -> GridGroup:
    """Its name and service; its area stays, since what was reached there was reached there."""
    with door.change(group, CHANGE, by=by, seen=seen) as change:
        change.set(name=name, service=service)
    return group


def end_group(group: GridGroup, *, on: date, by: Actor, seen: int) -> GridGroup:
    """`on` is its last day; what was to go there and has not is withdrawn."""
    if on < group.valid_from:
        raise door.Refused(_("That is before the first day. Choose a later one."))
    if group.valid_to is not None and on > group.valid_to:
        raise door.Refused(_("It has ended already. Choose an earlier day, or record a new group."))
    with door.change(group, END, by=by, seen=seen) as change:
        change.set(valid_to=on)
        preparing.withdraw_from(group)
    return group


def count_members(group: GridGroup, *, day: date, members: int, by: Actor, seen: int) -> GroupSize:
    """How many members it had on a day; the same day typed again corrects it."""
    if day > timezone.localdate():
        raise door.Refused(_("That day is still to come. Give the day on which it was counted."))
    with door.change(group, COUNT, by=by, seen=seen) as change:
        change.say(day=day, members=members)
        size, _new = GroupSize.objects.update_or_create(
            group=group, day=day, defaults={"members": members, "area_id": group.area_id}
        )
    return size


def set_bot(group: GridGroup, *, vendor: str, typed: str, secret: str, by: Actor, seen: int) -> Bot:
    """Set or replace the bot. Its address is a key: nobody reads it again."""
    try:
        address = bots.read_address(vendor, typed, secret)
    except ValidationError as error:
        raise door.Refused(error.messages[0]) from None
    values = {
        "vendor": vendor,
        "address": address,
        "pace": bots.pace_of(address),
        "set_on": timezone.localdate(),
        "paused_until": None,
        "area_id": group.area_id,
    }
    has_key = Bot.objects.filter(group=group).exclude(address="").exists()
    with door.change(group, REPLACE_BOT if has_key else SET_BOT, by=by, seen=seen) as change:
        change.say(vendor=Bot.Vendor(vendor).value)
        bot, _new = Bot.objects.defer("address").update_or_create(group=group, defaults=values)
        waiting = Delivery.objects.filter(group=group, state=DeliveryState.PREPARED)
        waiting.update(by_bot=True, next_at=timezone.now())
    return bot


def remove_bot(group: GridGroup, *, by: Actor, seen: int) -> None:
    """Its key is deleted at once; people post what waits."""
    with door.change(group, REMOVE_BOT, by=by, seen=seen):
        Bot.objects.filter(group=group).delete()
        waiting = Delivery.objects.filter(group=group, state=DeliveryState.PREPARED)
        waiting.update(by_bot=False, next_at=None)


# Deliveries -----------------------------------------------------------------------------------------------


def send_to_groups(article: ArticlePage, *, by: Actor) -> int:
    """Prepare an article that did not go by itself; how many groups get it."""
    access.require(by, audit.VERBS[SEND].right, article.area_id)
    if not article.live:
        raise door.Refused(_("It is not published. Publish it first."))
    if Message.objects.filter(article=article).exists():
        raise door.Refused(_("It is on its way into the groups already."))
    with transaction.atomic():
        number = preparing.prepare(article)
        if not number:
            raise door.Refused(_("There is no group in its area. Record the groups first."))
        audit.record(by, SEND, article, data={"number": number})
        history.tell(article, history.TO_GROUPS, by, {"number": number})
    return number


def post(delivery: Delivery, *, by: Actor, seen: int) -> Delivery:
    """A person has posted it. Said twice, it is done once."""
    if delivery.state == DeliveryState.POSTED:
        access.require(by, audit.VERBS[POST].right, delivery.area_id)
        return delivery
    with door.change(delivery, POST, by=by, seen=seen) as change:
        change.step(LIFECYCLE)
        change.say(article=delivery.message.article.title)
        if delivery.by_bot and delivery.state == DeliveryState.PREPARED:
            raise door.Refused(_("The group's bot sends it. Wait for it, or remove the bot first."))
        change.set(arrived_at=timezone.now(), fault="")
    return delivery


def unpost(delivery: Delivery, *, by: Actor, seen: int) -> Delivery:
    """It was a mistake: it is not in the group. Waits for a person again, also where there is a bot."""
    if delivery.state == DeliveryState.PREPARED:
        access.require(by, audit.VERBS[UNPOST].right, delivery.area_id)
        return delivery
    with door.change(delivery, UNPOST, by=by, seen=seen) as change:
        change.step(LIFECYCLE)
        change.say(article=delivery.message.article.title)
        change.set(arrived_at=None, by_bot=False, next_at=None)
    return delivery


def confirm(delivery: Delivery, *, by: Actor, seen: int) -> Delivery:
    """Somebody looked into the group: it is there."""
    with door.change(delivery, CONFIRM, by=by, seen=seen) as change:
        change.step(LIFECYCLE)
        change.say(article=delivery.message.article.title)
        change.set(arrived_at=timezone.now(), fault="")
    return delivery


def again(delivery: Delivery, *, by: Actor, seen: int) -> Delivery:
    """Somebody looked: it is not there, or what was wrong is mended. By the bot if there is one."""
    with door.change(delivery, AGAIN, by=by, seen=seen) as change:
        change.step(LIFECYCLE)
        change.say(article=delivery.message.article.title)
        has_bot = Bot.objects.filter(group=delivery.group_id).exclude(address="").exists()
        change.set(by_bot=has_bot, next_at=timezone.now() if has_bot else None, tries=0, fault="")
        if delivery.fault == preparing.TEXT_CHANGED:
            change.set(pieces=0)
    return delivery


STEPS = {"post": post, "unpost": unpost, "confirm": confirm, "again": again}
