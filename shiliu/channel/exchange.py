"""The online platform's files. Columns and articles are pages, which Wagtail keeps in a tree."""

import json
from collections.abc import Iterator
from typing import Any, ClassVar

from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import F
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from wagtail.models import Page

from shiliu.channel import bodies
from shiliu.channel.actions import open_channel
from shiliu.channel.groups import words
from shiliu.channel.models import (
    ARRIVED,
    ArticlePage,
    ColumnPage,
    Delivery,
    DeliveryState,
    GridGroup,
    GroupSize,
    Message,
    Reads,
)
from shiliu.core.exchange import Kind, cells, column, register
from shiliu.core.exchange.kinds import Column, Values

CHUNK = 100


class PageKind(Kind):
    """Pages under a parent; each is saved with a revision, so that its history begins with its import."""

    as_new: ClassVar[Values] = {}  # what an imported page is besides its columns

    def parent(self, values: Values) -> Page:
        return open_channel()

    def create(self, made: list[Values]) -> list[Any]:
        pages = []
        for values in made:
            parent = self.parent(values)
            page = self.model(slug=values["code"].lower(), live=True, **self.as_new, **self.stored(values))
            parent.add_child(instance=page)
            page.save_revision(log_action=False).publish(log_action=False)
            pages.append(page)
        return pages

    def update(self, obj: Any, values: Values) -> None:
        page = self.model._base_manager.get(pk=obj.pk)
        for name, value in self.stored(values, page).items():
            setattr(page, name, value)
        page.save_revision(log_action=False).publish(log_action=False)

    def stored(self, values: Values, page: Any = None) -> Values:
        """The values as the page's fields take them. page: the one that they change."""
        return values


_COLUMN = models.ForeignKey(ColumnPage, models.PROTECT)
_COLUMN.set_attributes_from_name("column")
_TEXT = models.TextField(blank=True)
_TEXT.set_attributes_from_name("body")
_BLOCKS = bodies.LayoutField(blank=True)
_BLOCKS.set_attributes_from_name("blocks")


class ArticleKind(PageKind):
    """Articles name their column, which is their parent page. What is imported is no news for the groups."""

    as_new: ClassVar[Values] = {"to_groups": False}

    def field(self, name: str) -> models.Field:
        return {"column": _COLUMN, "body": _TEXT, "blocks": _BLOCKS}.get(name) or super().field(name)

    def parent(self, values: Values) -> Page:
        return ColumnPage.objects.get(pk=values["column_id"])

    def stored(self, values: Values, page: Any = None) -> Values:
        values = {k: v for k, v in values.items() if k != "column_id"}
        if not values.keys() & {"body", "blocks"}:
            return values
        text = values.pop("body", None)
        layout = values.pop("blocks", None)
        if text is None:
            text = bodies.text_of(page.body) if page else ""
        if page is None or layout is not None:
            return values | {"body": json.dumps(bodies.raw_of(layout or "", text))}
        return values | {"body": json.dumps(bodies.with_text(page.body.get_prep_value(), text))}

    def current(self, obj: Any, name: str) -> Any:
        if name == "column_id":
            return ColumnPage.objects.parent_of(obj).values_list("pk", flat=True).get()
        if name == "body":
            return bodies.text_of(obj.body)
        return bodies.layout_of(obj.body) if name == "blocks" else super().current(obj, name)

    def rows(self) -> Iterator[list[str]]:
        columns = dict(ColumnPage.objects.values_list("path", "code"))
        pages = ArticlePage.objects.annotate(of=F("original__code"))  # an original before its translations
        for page in pages.order_by(F("of").asc(nulls_first=True), "code").iterator(chunk_size=CHUNK):
            column = columns[page.path[: -page.steplen]]
            own = {"column": column, "area": page.area_id, "original": page.of}
            own |= {"body": bodies.text_of(page.body), "blocks": bodies.layout_of(page.body, export=True)}
            values = (own[col.name] if col.name in own else getattr(page, col.name) for col in self.columns)
            yield [cells.written(value) for value in values]


_OF_MESSAGE = models.ForeignKey(ArticlePage, models.PROTECT)  # a message has the key of its article
_OF_MESSAGE.set_attributes_from_name("message")


class DeliveryKind(Kind):
    """What went into the groups before. A delivery that is on record is changed on its page, never here.

    What is imported as waiting waits for a person: a file sends nothing.
    """

    def field(self, name: str) -> models.Field:
        return _OF_MESSAGE if name == "article" else super().field(name)

    def path(self, col: Column) -> str:
        return "message__article__code" if col.name == "article" else super().path(col)

    def create(self, made: list[Values]) -> list[Any]:
        _prepare_messages(made)
        by_bot = DeliveryState.SENT
        return super().create([row | {"by_bot": row.get("state") == by_bot} for row in made])

    def update(self, obj: Any, values: Values) -> None:
        raise ValidationError(
            _("This delivery is on record with another state or time. Change it on its page.")
        )

    def rows(self) -> Iterator[list[str]]:
        """What is being sent just now is unclear to whoever reads the file in."""
        place = [col.name for col in self.columns].index("state")
        for texts in super().rows():
            if texts[place] == DeliveryState.SENDING:
                texts[place] = DeliveryState.UNCLEAR.value
            yield texts


def _prepare_messages(made: list[Values]) -> None:
    """What the groups were told of each article, where nothing says so yet."""
    first: dict[int, Any] = {}
    for row in made:
        pk = row["message_id"]
        first[pk] = min(first.get(pk, row["made_at"]), row["made_at"])
    missing = ArticlePage.objects.filter(pk__in=first, message=None)
    Message.objects.bulk_create(
        [Message(article=it, text=words.text_of(it), prepared_at=first[it.pk]) for it in missing]
    )


def _delivered(values: Values) -> Values:
    """The area of the group; what arrived has the time of it, and what did not has none."""
    state, arrived = values.get("state", DeliveryState.PREPARED), values.get("arrived_at")
    if state == DeliveryState.SENDING:
        raise ValidationError({"state": _("Only the bot says this. Write “unclear”, or where it is now.")})
    if (state in ARRIVED) != (arrived is not None):
        sentence = _("What was sent or posted needs the time of arrival, and nothing else has one.")
        raise ValidationError({"arrived_at": sentence})
    if arrived is not None and arrived < values["made_at"]:
        raise ValidationError(
            {"arrived_at": _("It arrived before it was prepared. Correct one of the times.")}
        )
    return _of_group(values)


def _of_group(values: Values) -> Values:
    return {"area_id": values["group"].area_id}


def _of_article(values: Values) -> Values:
    return {"area_id": values["article"].area_id}


def _by_group(values: Values) -> Values:
    return _of_article(values) | {"source": Reads.Source.GROUP}


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
            column("published_on", "发布日期", past=True),
            column("summary", "摘要"),
            column("language", "语言"),
            column("original", "译自", gettext_lazy("the code of the article that this is a translation of")),
            column("body", "正文", gettext_lazy("paragraphs with an empty line between them")),
            column("blocks", "版块", gettext_lazy("all other blocks, as the export writes them")),
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
        columns=[column("group", "群编码"), column("day", "日期", past=True), column("members", "人数")],
    )
)
register(
    Kind(
        "reads",
        Reads,
        gettext_lazy("reads of articles"),
        key=("article", "day", "source"),
        derive=_of_article,
        only=models.Q(group=None),
        columns=[
            column("article", "文章编码"),
            column("day", "日期", past=True),
            column("source", "来源"),
            column("reads", "阅读量"),
        ],
    )
)
register(
    Kind(
        "group_reads",
        Reads,
        gettext_lazy("reads of articles by the link of a group"),
        key=("article", "day", "group"),
        derive=_by_group,
        only=models.Q(group__isnull=False),
        columns=[
            column("article", "文章编码"),
            column("day", "日期", past=True),
            column("group", "群编码"),
            column("reads", "阅读量"),
        ],
    )
)
register(
    DeliveryKind(
        "deliveries",
        Delivery,
        gettext_lazy("deliveries to groups"),
        key=("article", "group"),
        derive=_delivered,
        columns=[
            column("article", "文章编码"),
            column("group", "群编码"),
            column("state", "状态"),
            column("made_at", "准备时间", past=True),
            column("arrived_at", "到达时间", past=True),
        ],
    )
)
