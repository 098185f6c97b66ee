"""Groups, bots and deliveries for the tests of the channel."""

from typing import Any

from django.utils import timezone

from shiliu.channel.groups import preparing
from shiliu.channel.models import Bot, Delivery, GridGroup
from shiliu.core import audit, bots
from shiliu.grid.models import Area
from tests import factories

KEYS = {"wecom": "wecom-key-0001", "dingtalk": "dingtalkkey0001", "feishu": "feishu-key-0001"}


def groups(where: Area, *names: str) -> list[GridGroup]:
    return [factories.group(where, name=name) for name in names]


def bot(of: GridGroup, vendor: str = "wecom", key: str = "", **values: Any) -> Bot:
    address = bots.read_address(vendor, key or f"{KEYS[vendor]}-{of.pk}")
    given = {"set_on": factories.DAY, "pace": bots.pace_of(address)} | values
    return Bot.objects.create(group=of, area_id=of.area_id, vendor=vendor, address=address, **given)


def key_of(of: GridGroup) -> str:
    return Bot.objects.get(group=of).address.partition("://")[2]


def prepared(where: Area, code: str = "news", **values: Any) -> list[Delivery]:
    """An article of today and its deliveries into the groups that there are, by group."""
    column = factories.column(where, f"column-{code}")
    given = {
        "published_on": timezone.localdate(),
        "title": "修路",
        "summary": "路修好了。可以走了！",
    } | values
    preparing.prepare(factories.article(column, code, **given))
    return list(Delivery.objects.filter(message__article__code=code).told().order_by("group_id"))


def verbs(obj: Any) -> list[str]:
    return [entry.verb for entry in audit.entries_of(obj)]
