"""The channel, its columns and their articles: pages that Wagtail keeps in a tree."""

from typing import Any

from django.db import models
from django.utils.translation import gettext_lazy as _
from wagtail.admin.panels import FieldPanel
from wagtail.blocks import TextBlock
from wagtail.fields import StreamField
from wagtail.models import Page, PageManager, PageQuerySet

from shiliu.channel.forms import PageInScopeForm
from shiliu.channel.models.languages import LANGUAGE_PANELS, InLanguage
from shiliu.core import access
from shiliu.core.models import area_columns
from shiliu.grid.models import Area


class ChannelPage(Page):
    """The channel's front: what is published, column by column. The root of the site's content."""

    max_count = 1
    parent_page_types = ["wagtailcore.Page"]
    subpage_types = ["channel.ColumnPage"]
    template = "channel/channel_page.html"

    class Meta:
        verbose_name = _("channel")

    def get_context(self, request: Any, *args: Any, **kwargs: Any) -> dict[str, Any]:
        from shiliu.channel.public import pages  # which is built of these models

        columns = ColumnPage.objects.child_of(self).live().order_by("path")
        return (
            super().get_context(request, *args, **kwargs) | {"columns": columns} | pages.front(self, request)
        )


class PageInArea(models.Model):
    """The area of a page, as `grid.Located` has it for rows, and the name it is imported under."""

    code = models.SlugField(_("code"), max_length=40, unique=True)
    area = models.ForeignKey(Area, models.PROTECT, to_field="code", related_name="+", verbose_name=_("area"))
    town, village = area_columns()

    class Meta:
        abstract = True


class ColumnPage(PageInArea, Page):
    """A column: a run of articles under one name, from its opening on."""

    opened_on = models.DateField(_("opened on"))
    closed_on = models.DateField(_("closed on"), null=True, blank=True)
    to_groups = models.BooleanField(
        _("into the grid groups"),
        default=True,
        help_text=_("Whether the articles of this column are sent into the grid groups when published."),
    )
    parent_page_types = ["channel.ChannelPage"]
    subpage_types = ["channel.ArticlePage"]
    template = "channel/column_page.html"
    base_form_class = PageInScopeForm
    content_panels = [
        *Page.content_panels,
        FieldPanel("code"),
        FieldPanel("area"),
        FieldPanel("opened_on"),
        FieldPanel("closed_on"),
        FieldPanel("to_groups"),
    ]

    class Meta:
        verbose_name = _("column")

    def get_context(self, request: Any, *args: Any, **kwargs: Any) -> dict[str, Any]:
        from shiliu.channel.public import pages

        return super().get_context(request, *args, **kwargs) | pages.column(self, request)


class ArticleQuerySet(PageQuerySet):
    def visible_to(self, actor: Any) -> "ArticleQuerySet":
        """Live articles are public; drafts only where `actor` may see the channel's work."""
        scope = access.scope_of(actor, "channel.view")
        if scope.everywhere:  # its condition is empty, and an empty one vanishes from an “or”
            return self.all()
        return self.filter(models.Q(live=True) | scope.q())

    def newest(self) -> "ArticleQuerySet":
        return self.live().order_by("-published_on", "-pk")

    def originals(self) -> "ArticleQuerySet":
        """Each article once, whatever it was translated into."""
        return self.filter(original=None)


class ArticlePage(InLanguage, PageInArea, Page):
    """An article of a column."""

    published_on = models.DateField(_("published on"))
    summary = models.CharField(_("summary"), max_length=300, blank=True)
    body = StreamField([("paragraph", TextBlock(label=_("paragraph")))], blank=True, verbose_name=_("text"))
    to_groups = models.BooleanField(
        _("into the grid groups"),
        default=True,
        help_text=_("Whether it is sent into the grid groups of its area when it is first published."),
    )
    parent_page_types = ["channel.ColumnPage"]
    subpage_types: list[str] = []
    template = "channel/article_page.html"
    base_form_class = PageInScopeForm
    content_panels = [
        *Page.content_panels,
        FieldPanel("code"),
        FieldPanel("area"),
        *LANGUAGE_PANELS,
        FieldPanel("published_on"),
        FieldPanel("summary"),
        FieldPanel("body"),
        FieldPanel("to_groups"),
    ]

    objects = PageManager.from_queryset(ArticleQuerySet)()

    class Meta(InLanguage.Meta):
        abstract = False
        verbose_name = _("article")
        indexes = [models.Index(fields=["-published_on", "-page_ptr"], name="articles_newest")]

    def get_context(self, request: Any, *args: Any, **kwargs: Any) -> dict[str, Any]:
        from shiliu.channel.public import pages

        return super().get_context(request, *args, **kwargs) | pages.article(self, request)


def latest_articles(n: int) -> models.QuerySet[ArticlePage]:
    """The newest articles over all columns, each in its original."""
    return ArticlePage.objects.originals().newest()[:n]
