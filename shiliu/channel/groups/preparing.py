"""Publishing an article prepares one delivery for each group that there is in its area on that day."""

from datetime import datetime, timedelta
from typing import Any

from django.db import transaction
from django.db.models import Exists, F, OuterRef, Q, QuerySet
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from shiliu.channel.groups import words
from shiliu.channel.groups.states import LIFECYCLE
from shiliu.channel.models import ArticlePage, Bot, ColumnPage, Delivery, DeliveryState, GridGroup, Message
from shiliu.core import audit
from shiliu.core.access import System
from shiliu.grid.scopes import within

MANY = 500
TEXT_CHANGED = "text changed"
NEWS = timedelta(days=7)  # the reviews may take some days after the date that an editor gave an article
FIRST = timedelta(days=1)  # how long after its first publishing an article can still be taken for new

GROUPS = System("groups")
_EDIT = "channel.edit"
PREPARED = audit.verb("channel.prepared", _("prepared it for %(number)s groups"), right=_EDIT)
WITHDRAWN = audit.verb("channel.withdrew", _("took it back from %(number)s groups on its way"), right=_EDIT)
RESTORED = audit.verb("channel.restored", _("put it on its way again to %(number)s groups"), right=_EDIT)


def is_news(article: ArticlePage, now: datetime) -> bool:
    """Whether it is sent without being asked: newly published, of these days, and nobody said no.

    What is imported says no itself (`exchange.ArticleKind`). A translation is offered above its original,
    whose link the groups have; an editor can send it as well.
    """
    first = article.first_published_at
    fresh = first is not None and first > now - FIRST
    return bool(
        article.live
        and article.to_groups
        and article.original_id is None
        and fresh
        and article.published_on >= timezone.localdate(now) - NEWS
        and ColumnPage.objects.parent_of(article).filter(to_groups=True).exists()
    )


def overlooked(now: datetime) -> QuerySet[ArticlePage]:
    """News without a message: the program ended between the publishing and its task."""
    made = Exists(Message.objects.filter(article=OuterRef("pk")))
    day = timezone.localdate(now)
    found = ArticlePage.objects.live().originals().filter(~made, to_groups=True, published_on__gte=day - NEWS)
    return found.filter(first_published_at__gt=now - FIRST).order_by("pk")


def groups_of(article: ArticlePage, now: datetime) -> QuerySet[GridGroup]:
    """The groups that exist in the article's area on the day."""
    return GridGroup.objects.on(timezone.localdate(now)).within(within([article.area_id])).order_by("pk")


def prepare(article: ArticlePage, now: datetime | None = None) -> int:
    """Prepare, or bring up to date, what the groups are to get; how many deliveries are new.

    Safe to run twice, and by two at once: a group has one delivery of an article. What was sent stays sent;
    the rest gets the words of today.
    """
    now = now or timezone.now()
    with transaction.atomic():
        values = {"text": words.text_of(article), "prepared_at": now}
        message, new = Message.objects.select_for_update().get_or_create(article=article, defaults=values)
        if not new:
            _renew(message, values["text"], now)
            return 0
        number = _deliveries(message, groups_of(article, now), now)
        audit.record(GROUPS, PREPARED, article, data={"number": number})
        return number


def _deliveries(message: Message, groups: QuerySet[GridGroup], now: datetime) -> int:
    with_bot = set(Bot.objects.filter(group__in=groups).exclude(address="").values_list("group", flat=True))
    number = 0
    found = list(groups.values_list("pk", "area_id"))
    for start in range(0, len(found), MANY):
        rows = [
            Delivery(
                message=message,
                group_id=pk,
                area_id=area,
                by_bot=pk in with_bot,
                made_at=now,
                next_at=now if pk in with_bot else None,
            )
            for pk, area in found[start : start + MANY]
        ]
        Delivery.objects.bulk_create(rows, ignore_conflicts=True)
        number += len(rows)
    return number


def _renew(message: Message, text: str, now: datetime) -> None:
    """Published again: what was withdrawn goes on its way, what half arrived is looked at by a person.

    What was withdrawn because its group has ended, or ends today, stays so.
    """
    rows = Delivery.objects.filter(message=message)
    there = rows.filter(group__in=GridGroup.objects.on(timezone.localdate(now) + timedelta(days=1)))
    if restored := _move_all(there, "restore", made_at=now):
        audit.record(GROUPS, RESTORED, message.article, data={"number": restored})
    if text == message.text:
        return
    Message.objects.filter(pk=message.pk).update(text=text)
    half = rows.filter(state=DeliveryState.PREPARED, pieces__gt=0)
    half.update(state=DeliveryState.UNCLEAR, fault=TEXT_CHANGED)


def withdraw(article: ArticlePage) -> int:
    """Unpublished: what is not sent yet is not sent any more; how many."""
    with transaction.atomic():
        number = _move_all(Delivery.objects.filter(message__article=article), "withdraw")
        if number:
            audit.record(GROUPS, WITHDRAWN, article, data={"number": number})
    return number


def _move_all(rows: QuerySet[Delivery], verb: str, **values: Any) -> int:
    step = LIFECYCLE[verb]
    found = rows.filter(Q(state__in=step.sources))
    return found.update(state=step.target, version=F("version") + 1, **values)


def withdraw_from(group: GridGroup) -> int:
    """The group ends: what has not arrived there is not sent any more."""
    return _move_all(Delivery.objects.filter(group=group), "withdraw")
