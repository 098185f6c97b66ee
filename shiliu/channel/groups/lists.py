"""What the pages on groups show: groups, what has not arrived, and what reached whom, as groups."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import Count, Exists, F, OuterRef, Q, QuerySet, Sum
from django.utils import timezone

from shiliu.channel.groups import faults
from shiliu.channel.models import (
    ARRIVED,
    ArticlePage,
    Bot,
    Delivery,
    DeliveryState,
    GridGroup,
    GroupSize,
    Message,
    Outage,
    Reads,
)
from shiliu.channel.models.deliveries import sizes_of
from shiliu.core import access
from shiliu.core.areas import Scope
from shiliu.core.figures import FIGURES, Over, Period
from shiliu.core.models import User
from shiliu.grid import people
from shiliu.grid.models import Area
from shiliu.grid.scopes import within

RECENT = 10


# Groups ---------------------------------------------------------------------------------------------------


def groups(viewer: User, *, show: str = "", area: Area | None = None) -> QuerySet[GridGroup]:
    """The groups of the scope by area; those of today, or those that have ended."""
    today = timezone.localdate()
    found = GridGroup.objects.visible_to(viewer)
    if area is not None:
        found = found.within(within([area.code]))
    found = found.filter(valid_to__lt=today) if show == "ended" else found.exclude(valid_to__lt=today)
    with_bot = Bot.objects.exclude(address="").values("group")
    if show == "bot":
        found = found.filter(pk__in=with_bot)
    elif show == "hand":
        found = found.exclude(pk__in=with_bot)
    return found.select_related("area").order_by("area", "code")


def after(found: QuerySet[GridGroup], area: str, code: str) -> QuerySet[GridGroup]:
    """What follows the group `code` of `area` in the list."""
    return found.filter(Q(area__gt=area) | Q(area=area, code__gt=code))


def told(rows: list[GridGroup]) -> list[GridGroup]:
    """Each with `size` (day and members of its last count) and `has_bot`."""
    keys = [row.pk for row in rows]
    sizes = sizes_of(keys)
    bots = set(Bot.objects.filter(group__in=keys).exclude(address="").values_list("group", flat=True))
    for row in rows:
        row.size, row.has_bot = sizes.get(row.pk), row.pk in bots  # type: ignore[attr-defined]
    return rows


def communities(viewer: User) -> QuerySet[Area]:
    """What the list can be narrowed to."""
    scope = access.scope_of(viewer, "channel.view")
    return Area.objects.located().on(timezone.localdate()).filter(scope.q(), code__length=12).order_by("code")


def bot_of(group: GridGroup) -> Bot | None:
    """Without its key, which no page shows."""
    return Bot.objects.filter(group=group).exclude(address="").defer("address").first()


def recent_of(group: GridGroup) -> list[Delivery]:
    return list(Delivery.objects.filter(group=group).told().order_by("-made_at", "-id")[:RECENT])


def story_of(group: GridGroup, bot: Bot | None, recent: list[Delivery]) -> list[people.Told]:
    """What was done with the group, its bot and the bot's service, and with what went there last."""
    service = [Outage(vendor=bot.vendor)] if bot else []
    return list(people.story(group, *recent, *service))


# Deliveries -----------------------------------------------------------------------------------------------


def not_arrived(viewer: User) -> QuerySet[Delivery]:
    """What has not arrived after a day where somebody sees groups."""
    return Delivery.objects.not_arrived(viewer, "channel.view")


def to_post(worker: User) -> QuerySet[Delivery]:
    return Delivery.objects.to_post_by(worker)


def in_words(rows: list[Delivery]) -> list[Delivery]:
    """Each with `fault_words`: what went wrong, and what to do."""
    keys = {row.group_id for row in rows if row.fault}
    vendors = dict(Bot.objects.filter(group__in=keys).values_list("group", "vendor")) if keys else {}
    for row in rows:
        row.fault_words = faults.in_words(vendors.get(row.group_id, ""), row.fault)  # type: ignore[attr-defined]
    return rows


def follow(found: QuerySet[Delivery], at: datetime, pk: int) -> QuerySet[Delivery]:
    """What follows a delivery in a list by time."""
    return found.filter(Q(made_at__gt=at) | Q(made_at=at, pk__gt=pk))


def posted_lately(worker: User) -> list[Delivery]:
    """What was posted today, to take back what was a mistake."""
    scope = access.scope_of(worker, "channel.post")
    start = timezone.localtime().replace(hour=0, minute=0, second=0, microsecond=0)
    rows = Delivery.objects.filter(state=DeliveryState.POSTED, arrived_at__gte=start)
    if scope.spans_towns:  # town by town, since the index gives the last ones of each
        towns = Area.objects.located().filter(scope.q()).values("town")
        rows = rows.filter(scope.unindexed(), town__in=towns)
    else:
        rows = rows.within(scope)
    return list(rows.told().order_by("-arrived_at", "-id")[:RECENT])


def outages() -> list[Outage]:
    """Vendors that do not answer, each with `fault_words`."""
    found = list(Outage.objects.order_by("vendor"))
    for it in found:
        it.fault_words = faults.in_words(it.vendor, it.fault)  # type: ignore[attr-defined]
    return found


@dataclass(frozen=True)
class Coverage:
    """What became of an article in the groups of a scope. No person is in it, and no rank.

    by_state: how many deliveries are in each state. opened: groups whose link was opened; residents: their
    members by the last count; of: those of all the groups that it was to reach.
    """

    by_state: list[tuple[DeliveryState, int]]
    groups: int
    arrived: int
    opened: int
    residents: int
    of: int


def coverage(article: ArticlePage, scope: Scope) -> Coverage:
    """From the registered figures, narrowed to this article's groups."""
    rows = Delivery.objects.filter(message=article.pk).within(scope)
    states = dict(rows.values_list("state").annotate(Count("pk")))
    today = timezone.localdate()
    period = Period(today, today)
    reads, sizes = FIGURES["channel.groups_reached"], FIGURES["channel.residents_reached"]
    opened = Reads.objects.filter(article=article.pk, group__isnull=False, reads__gt=0).values("group")

    def residents(which: Any) -> int:
        return int(sizes.at(Over(period, scope, only=Q(group__in=which))).value or 0)

    return Coverage(
        [(state, states[state]) for state in DeliveryState if state in states],
        sum(states.values()),
        sum(states.get(state, 0) for state in ARRIVED),
        int(reads.at(Over(period, scope, only=Q(article=article.pk))).value or 0),
        residents(opened),
        residents(rows.values("group")),
    )


def deliveries_of(article: ArticlePage, viewer: User, show: str = "") -> QuerySet[Delivery]:
    """An article's deliveries that a viewer sees: all, of one state, or by whether the group opened it.

    In the order in which the groups were recorded, which the index of an article has. Groups and areas are
    fetched by themselves: joined, PostgreSQL may begin at all groups there are.
    """
    rows = Delivery.objects.filter(message=article.pk).visible_to(viewer)
    found = rows.prefetch_related("group", "area").order_by("group_id")
    opened = Reads.objects.filter(article=article.pk, group__isnull=False, reads__gt=0).values("group")
    if show == "opened":
        return found.filter(group__in=opened)
    if show == "unopened":
        return found.exclude(group__in=opened)
    return found.filter(state=show) if show in DeliveryState.values else found


def with_numbers(rows: list[Delivery], article: ArticlePage) -> list[Delivery]:
    """Each with `reads` through the group's link, and the group's `size`."""
    keys = [row.group_id for row in rows]
    reads = dict(
        Reads.objects.filter(article=article.pk, group__in=keys)
        .values("group")
        .annotate(number=Sum("reads"))
        .values_list("group", "number")
    )
    sizes = sizes_of(keys)
    for row in rows:
        row.reads, row.size = reads.get(row.group_id, 0), sizes.get(row.group_id)  # type: ignore[attr-defined]
    return in_words(rows)


def articles(viewer: User) -> QuerySet[Message]:
    """The articles that went into groups, the newest first.

    Only an article of the viewer's areas, or of one around them, can have gone there: inside a town that
    spares looking for its groups among the deliveries of all others.
    """
    scope = access.scope_of(viewer, "channel.view")
    found = Message.objects.filter(Exists(Delivery.objects.within(scope).filter(message=OuterRef("pk"))))
    if not scope.spans_towns:
        around = ArticlePage.objects.filter(scope.q() | Q(area__in=scope.above))
        # Plus nothing, since SQLite takes the index in the list's order only where no other one serves.
        found = found.alias(at=F("article_id") + 0).filter(at__in=around.order_by().values("pk"))
    named = found.select_related("article").defer("article__body")
    return named.order_by("-prepared_at", "-pk")


def article_for(viewer: User, code: str) -> ArticlePage | None:
    """An article that was sent into groups that a viewer sees, or that the viewer may send there."""
    article = ArticlePage.objects.visible_to(viewer).filter(code=code).first()
    if article is None:
        return None
    seen = Delivery.objects.filter(message=article.pk).visible_to(viewer).exists()
    return article if seen or access.allows(viewer, "channel.edit", article.area_id) else None


def counts_of(group: GridGroup) -> list[GroupSize]:
    return list(GroupSize.objects.filter(group=group).order_by("-day")[:RECENT])
