"""Figures of the online platform."""

from collections.abc import Collection
from typing import Any

from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from shiliu.channel.models import ArticlePage, ColumnPage, Delivery, GridGroup, GroupSize, Reads
from shiliu.channel.models.deliveries import ARRIVED
from shiliu.core import matrix
from shiliu.core.figures import (
    GROUPINGS,
    Chart,
    Count,
    CountDistinct,
    Figure,
    Flow,
    Grouping,
    Latest,
    Stock,
    Sum,
    ToDate,
    draw,
    publish,
    register,
)
from shiliu.core.matrix import AtLeast, Service, Within

register(
    Figure(
        "channel.columns",
        _("columns"),
        "column",
        part="online",
        records=lambda over: ColumnPage.objects.filter(live=True),
        when=Stock("opened_on", "closed_on"),
        measure=Count(),
        right="channel.view",
        explain=_("Columns of the channel that are open on the last day."),
        without=_("Closed columns and those that are not published are not counted."),
    ),
    Figure(
        "channel.articles",
        _("articles published"),
        "article",
        part="online",
        records=lambda over: ArticlePage.objects.filter(live=True, original=None),
        when=ToDate("published_on"),
        measure=Count(),
        right="channel.view",
        explain=_("Articles published from the beginning to the last day."),
        without=_(
            "What was withdrawn since is not counted, and translations are not counted beside their original."
        ),
    ),
    Figure(
        "channel.published",
        _("articles published in the period"),
        "article",
        part="morning",
        records=lambda over: ArticlePage.objects.filter(live=True, original=None),
        when=Flow("published_on"),
        measure=Count(),
        right="channel.view",
        explain=_("Articles published in the period."),
        without=_(
            "What was withdrawn since is not counted, and translations are not counted beside their original."
        ),
    ),
    Figure(
        "channel.reads",
        _("reads of articles"),
        "read",
        part="online",
        records=lambda over: Reads.objects.all(),
        when=ToDate("day"),
        measure=Sum("reads"),
        daily=True,
        right="channel.view",
        explain=_("Reads from the beginning to the last day, over all sources."),
        without=_(
            "Not counted: programs, and the same reader again within half an hour. Nobody's reading is "
            "recorded."
        ),
    ),
    Figure(
        "channel.grid_groups",
        _("grid groups"),
        "group",
        part="online",
        records=lambda over: GridGroup.objects.all(),
        when=Stock(),
        measure=Count(),
        right="channel.view",
        explain=_("Chat groups of grids that exist on the last day."),
        without=_("Groups that have ended are not counted."),
    ),
    Figure(
        "channel.groups_reached",
        _("groups that opened an article"),
        "group",
        part="online",
        records=lambda over: Reads.objects.filter(group__isnull=False, reads__gt=0),
        when=ToDate("day"),
        measure=CountDistinct("group"),
        right="channel.view",
        explain=_("Grid groups of which at least one link to an article was opened, up to the last day."),
        without=_("Groups that have a message and did not open it are not counted."),
    ),
    Figure(
        "channel.residents_reached",
        _("residents reached through groups"),
        "person",
        part="online",
        records=lambda over: GroupSize.objects.all(),
        when=Latest("day", per="group", alive=Stock("group__valid_from", "group__valid_to")),
        measure=Sum("members"),
        right="channel.view",
        explain=_("The members of all grid groups, by each group's last count up to the last day."),
        without=_(
            "Groups that nobody has counted yet, and those that have ended, are left out. Who is in two "
            "groups counts twice."
        ),
    ),
)
register(
    Figure(
        "channel.deliveries",
        _("messages that arrived in groups"),
        "message",
        part="matrix",
        records=lambda over: Delivery.objects.filter(state__in=ARRIVED),
        when=ToDate("arrived_at"),
        measure=Count(),
        right="channel.view",
        explain=_(
            "Messages that a bot sent or a person posted into grid groups, one for each article and group, "
            "from the beginning to the last day."
        ),
        without=_("What waits, failed, is unclear or was withdrawn is not counted."),
    ),
)
matrix.register(
    Service("channel.grid_groups", _("Grid group"), AtLeast(1)),
    Service("channel.deliveries", _("Last message to the group"), Within(31), last="arrived_at"),
)
publish(ColumnPage, ["code", "title", "opened_on"])
publish(ArticlePage, ["code", "title", "published_on"])
publish(Reads, ["article", "day", "source", "reads"])
publish(Delivery, ["group", "state", "arrived_at"])
publish(GridGroup, ["code", "name", "area"])
publish(GroupSize, ["area", "day", "members"])


def _column(path: str) -> str:
    """Where the column of an article stands among all pages: the path of its parent."""
    return path[: -ArticlePage.steplen]


def _of_column(path: str) -> Q:
    if not path.isascii() or not path.isalnum():
        raise LookupError(path)
    return Q(article__path__startswith=path)


def _columns(paths: Collection[str]) -> dict[str, Any]:
    there = ColumnPage.objects.filter(path__in=paths).order_by("path")
    return dict(there.values_list("path", "title"))


GROUPINGS[Reads, "column"] = Grouping(("article__path",), _column, _of_column, _columns, public=True)
draw(
    Chart(
        "channel.by_column",
        _("reads by column"),
        part="online",
        figures=("channel.reads",),
        step=None,
        groups="column",
        explain=_("Reads from the beginning to the last day, by the column in which the article stands."),
    )
)
