"""The online platform's files. Columns and articles are pages, which Wagtail keeps in a tree."""

from typing import Any

from django.db import models
from django.utils.translation import gettext_lazy
from wagtail.models import Page

from shiliu.channel.actions import open_channel
from shiliu.channel.models import ArticlePage, ColumnPage, GridGroup, GroupSize, Reads
from shiliu.core.exchange import Kind, cells, column, register
from shiliu.core.exchange.kinds import Column, Values


def text_of(page: ArticlePage) -> str:
    """An article's paragraphs with an empty line between them."""
    return "\n\n".join(block.value for block in page.body)


def body_of(text: str) -> list[tuple[str, str]]:
    """The inverse of `text_of`."""
    return [("paragraph", part) for part in text.split("\n\n")] if text else []


class PageKind(Kind):
    """Pages under a parent; each is saved with a revision, so that its history begins with its import."""

    def parent(self, values: Values) -> Page:
        return open_channel()

    def create(self, made: list[Values]) -> list[Any]:
        pages = []
        for values in made:
            parent = self.parent(values)
            page = self.model(slug=values["code"].lower(), live=True, **self.stored(values))
            parent.add_child(instance=page)
            page.save_revision(log_action=False).publish(log_action=False)
            pages.append(page)
        return pages

    def update(self, changed: list[tuple[Any, Values]]) -> None:
        for page, values in changed:
            for name, value in self.stored(values).items():
                setattr(page, name, value)
            page.save_revision(log_action=False).publish(log_action=False)

    def stored(self, values: Values) -> Values:
        """The values as the page's fields take them."""
        return values


_COLUMN = models.ForeignKey(ColumnPage, models.PROTECT)
_TEXT = models.TextField(blank=True)


class ArticleKind(PageKind):
    """Articles name their column, which is their parent page."""

    def field(self, name: str) -> models.Field:
        return {"column": _COLUMN, "body": _TEXT}.get(name) or super().field(name)

    def parent(self, values: Values) -> Page:
        return values["column"]

    def stored(self, values: Values) -> Values:
        values = {k: v for k, v in values.items() if k != "column"}
        return values | ({"body": body_of(values["body"])} if "body" in values else {})

    def rows(self) -> models.QuerySet:
        return ArticlePage.objects.select_related("area").order_by("code")

    def current(self, obj: Any, name: str) -> Any:
        if name == "column":
            return ColumnPage.objects.parent_of(obj).get()
        return text_of(obj) if name == "body" else super().current(obj, name)

    def cell(self, obj: Any, col: Column) -> str:
        if col.name == "column":
            return self.current(obj, "column").code
        return cells.written(text_of(obj)) if col.name == "body" else super().cell(obj, col)


def _of_group(values: Values) -> Values:
    return {"area_id": values["group"].area_id}


def _of_article(values: Values) -> Values:
    return {"area_id": values["article"].area_id}


register(
    PageKind(
        "columns",
        ColumnPage,
        gettext_lazy("columns"),
        frozen=("area",),
        columns=[
            column("code", "编码"),
            column("title", "栏目"),
            column("area", "区域编码"),
            column("opened_on", "开设日期"),
            column("closed_on", "停办日期"),
        ],
    )
)
register(
    ArticleKind(
        "articles",
        ArticlePage,
        gettext_lazy("articles"),
        frozen=("column", "area"),
        columns=[
            column("code", "编码"),
            column("column", "栏目编码"),
            column("area", "区域编码"),
            column("title", "标题"),
            column("published_on", "发布日期"),
            column("summary", "摘要"),
            column("body", "正文", gettext_lazy("paragraphs with an empty line between them")),
        ],
    )
)
register(
    Kind(
        "groups",
        GridGroup,
        gettext_lazy("grid groups"),
        frozen=("area",),
        columns=[
            column("code", "编码"),
            column("name", "名称"),
            column("service", "平台"),
            column("area", "区域编码"),
            column("valid_from", "建立日期"),
            column("valid_to", "解散日期"),
        ],
    )
)
register(
    Kind(
        "group_sizes",
        GroupSize,
        gettext_lazy("members of groups"),
        key=("group", "day"),
        derive=_of_group,
        columns=[column("group", "群编码"), column("day", "日期"), column("members", "人数")],
    )
)
register(
    Kind(
        "reads",
        Reads,
        gettext_lazy("reads of articles"),
        key=("article", "day", "source"),
        derive=_of_article,
        columns=[
            column("article", "文章编码"),
            column("day", "日期"),
            column("source", "来源"),
            column("reads", "阅读量"),
        ],
    )
)
