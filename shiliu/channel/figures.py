"""Figures of the online platform."""

from collections.abc import Collection
from typing import Any

from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from shiliu.channel.models import ArticlePage, ColumnPage, GridGroup, GroupSize, Reads
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
        explain=_(
            "Articles published from the beginning to the last day and not withdrawn since, each once in "
            "whatever languages."
        ),
    ),
    Figure(
        "channel.published",
        _("articles published in the period"),
        "article",
        part="online",
        records=lambda over: ArticlePage.objects.filter(live=True, original=None),
        when=Flow("published_on"),
        measure=Count(),
        right="channel.view",
        explain=_("Articles published in the period and not withdrawn since, each once in any language."),
    ),
    Figure(
        "channel.reads",
        _("reads of articles"),
        "read",
        part="online",
        records=lambda over: Reads.objects.all(),
        when=ToDate("day"),
        measure=Sum("reads"),
        right="channel.view",
        explain=_(
            "Reads from the beginning to the last day, over all sources. Nobody's reading is recorded."
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
    ),
)
publish(ColumnPage, ["code", "title", "opened_on"])
publish(ArticlePage, ["code", "title", "published_on"])
publish(Reads, ["article", "day", "source", "reads"])
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
