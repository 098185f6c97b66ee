"""The channel, its columns and their articles: pages that Wagtail keeps in a tree."""

from datetime import date, timedelta
from typing import Any

from django.contrib.contenttypes.models import ContentType
from django.db import models
from django.db.models.functions import Cast, Coalesce
from django.forms import TextInput
from django.http import Http404, HttpRequest
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy
from wagtail.admin.panels import FieldPanel, FieldRowPanel, MultiFieldPanel
from wagtail.fields import StreamField
from wagtail.models import Page, PageManager, PageQuerySet, Revision, TaskState, WorkflowState

from shiliu.channel.blocks import Body, cards_of
from shiliu.channel.forms import ArticleForm, PageInScopeForm
from shiliu.channel.models.languages import LANGUAGE_PANELS, InLanguage
from shiliu.channel.rules import PagePermissions
from shiliu.core import access
from shiliu.core.models import area_columns
from shiliu.grid.models import Area

# Not Wagtail's own, which writes an address from the title as one types.
TITLE_PANEL = FieldPanel(
    "title", classname="title", widget=TextInput(attrs={"placeholder": pgettext_lazy("of a page", "Title")})
)
CODE_PANEL = FieldPanel(
    "code", help_text=_("The name under which it is imported, and which its short links bear. Made if empty.")
)
MOST_CORRECTIONS = 50  # at an article's foot


class ChannelPage(Page):
    """The channel's front: what is published, column by column. The root of the site's content."""

    max_count = 1
    parent_page_types = ["wagtailcore.Page"]
    subpage_types = ["channel.ColumnPage"]
    template = "channel/channel_page.html"

    class Meta:
        verbose_name = _("channel")
        verbose_name_plural = _("channels")

    def get_context(self, request: Any, *args: Any, **kwargs: Any) -> dict[str, Any]:
        from shiliu.channel.public import pages  # which is built of these models

        columns = ColumnPage.objects.child_of(self).live().shown_to(request.user).order_by("path")
        context = super().get_context(request, *args, **kwargs) | {"columns": columns}
        return context | pages.front(self, request)


class PageInArea(models.Model):
    """The area of a page, as `grid.Located` has it for rows, and the name it is imported under."""

    code = models.SlugField(_("code"), max_length=40, unique=True)
    area = models.ForeignKey(Area, models.PROTECT, to_field="code", related_name="+", verbose_name=_("area"))
    town, village = area_columns()

    # Its address comes from its code: one made from a title in Chinese is a line of percent signs in a chat.
    promote_panels: list[Any] = []

    class Meta:
        abstract = True

    def permissions_for_user(self, user: Any) -> PagePermissions:
        return PagePermissions(user, self)


class ColumnQuerySet(PageQuerySet):
    def with_newest(self) -> "ColumnQuerySet":
        """With the day of the newest live article, `newest_on`; None where there is none."""
        inside = ArticlePage.objects.live().filter(path__startswith=models.OuterRef("path"))
        newest = inside.order_by("-published_on").values("published_on")[:1]
        return self.annotate(newest_on=models.Subquery(newest))

    def filled(self) -> "ColumnQuerySet":
        """Those with a live article: the public sees no blank column."""
        return self.with_newest().filter(newest_on__isnull=False)

    def shown_to(self, actor: Any) -> "ColumnQuerySet":
        """Blank ones only where `actor` may see the channel's work."""
        scope = access.scope_of(actor, "channel.view")
        if scope.everywhere:
            return self.with_newest()
        return self.with_newest().filter(models.Q(newest_on__isnull=False) | scope.q())

    def stale(self, today: date, days: int) -> "ColumnQuerySet":
        """Open ones without a new article in the last `days` days, those without any first."""
        last = today - timedelta(days=days)
        running = models.Q(closed_on=None) | models.Q(closed_on__gte=today)
        silent = models.Q(newest_on=None, opened_on__lt=last) | models.Q(newest_on__lt=last)
        found = self.live().with_newest().filter(running, silent)
        return found.order_by(models.F("newest_on").asc(nulls_first=True), "pk")


class ColumnPage(PageInArea, Page):
    """A column: a run of articles under one name, from its opening on."""

    opened_on = models.DateField(_("opened on"))
    closed_on = models.DateField(_("closed on"), null=True, blank=True)
    to_groups = models.BooleanField(
        _("into the grid groups"),
        default=True,
        help_text=_("Whether the articles of this column are sent into the grid groups when published."),
    )
    # When its editors were last told that it has gone silent (`actions.tell_of_stale_columns`).
    told_on = models.DateField(null=True, editable=False)
    parent_page_types = ["channel.ChannelPage"]
    subpage_types = ["channel.ArticlePage"]
    template = "channel/column_page.html"
    base_form_class = PageInScopeForm
    content_panels = [
        TITLE_PANEL,
        FieldPanel("search_description", heading=_("What the column is about")),
        FieldPanel("area"),
        FieldRowPanel([FieldPanel("opened_on"), FieldPanel("closed_on")]),
        FieldPanel("to_groups"),
        CODE_PANEL,
    ]

    objects = PageManager.from_queryset(ColumnQuerySet)()

    class Meta:
        verbose_name = _("column")
        verbose_name_plural = _("columns")

    def serve(self, request: HttpRequest, *args: Any, **kwargs: Any) -> Any:
        """A blank column is nothing yet, but to those who are to fill it."""
        if not ColumnPage.objects.filter(pk=self.pk).shown_to(request.user).exists():
            raise Http404
        return super().serve(request, *args, **kwargs)

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

    def to_review(self, stage: str, user: Any) -> "ArticleQuerySet":
        """Those that wait for this review, and are neither written nor reviewed before by `user`."""
        waiting = WorkflowState.objects.filter(
            status=WorkflowState.STATUS_IN_PROGRESS,
            base_content_type=ContentType.objects.get_for_model(Page),
            current_task_state__task__reviewtask__stage=stage,
        )
        passed = TaskState.objects.filter(
            workflow_state=models.OuterRef("pk"), status=TaskState.STATUS_APPROVED, finished_by=user
        ).exclude(task__reviewtask__stage=stage)
        waiting = waiting.exclude(requested_by=user).exclude(models.Exists(passed))
        pages = waiting.values(article_pk=Cast("object_id", models.IntegerField()))
        written = Revision.objects.filter(
            base_content_type=ContentType.objects.get_for_model(Page),
            object_id=Cast(models.OuterRef("pk"), models.CharField(max_length=255)),
            user=user,
            pk__gt=Coalesce(models.OuterRef("live_revision_id"), 0),
        )
        return self.filter(pk__in=pages).exclude(models.Exists(written)).select_related("area")

    def newest(self) -> "ArticleQuerySet":
        return self.live().order_by("-published_on", "-pk")

    def originals(self) -> "ArticleQuerySet":
        """Each article once, whatever it was translated into."""
        return self.filter(original=None)


class CorrectionPanel(FieldPanel):
    """Asked for once an article is published."""

    class BoundPanel(FieldPanel.BoundPanel):
        def is_shown(self) -> bool:
            return bool(self.instance.pk and self.instance.live and super().is_shown())


class ArticlePage(InLanguage, PageInArea, Page):
    """An article of a column."""

    published_on = models.DateField(_("published on"))
    summary = models.CharField(_("summary"), max_length=300, blank=True)
    to_groups = models.BooleanField(
        _("into the grid groups"),
        default=True,
        help_text=_("Whether it is sent into the grid groups of its area when it is first published."),
    )
    body = StreamField(Body(), blank=True, verbose_name=_("text"))
    # On its way to `Correction`, which it becomes when the version that it stands in is published.
    correction = models.CharField(
        _("what was corrected"),
        help_text=_(
            "One sentence for readers, needed when the title or the text of a published article changes. "
            "It stands at the article's foot for good. Not needed where only spaces or signs are written "
            "otherwise."
        ),
        max_length=300,
        blank=True,
    )
    parent_page_types = ["channel.ColumnPage"]
    subpage_types: list[str] = []
    template = "channel/article_page.html"
    base_form_class = ArticleForm
    preview_sizes = [
        {"name": "phone", "icon": "mobile-alt", "device_width": 390, "label": _("As on a phone")},
        {"name": "narrow", "icon": "mobile-alt", "device_width": 320, "label": _("As on a small phone")},
        {"name": "desktop", "icon": "desktop", "device_width": 1280, "label": _("As on a computer")},
    ]
    content_panels = [
        TITLE_PANEL,
        FieldPanel("summary"),
        FieldPanel("body"),
        CorrectionPanel("correction"),
        MultiFieldPanel(
            [FieldRowPanel([FieldPanel("area"), FieldPanel("published_on")]), FieldPanel("to_groups")],
            heading=_("Where and when"),
        ),
        MultiFieldPanel(LANGUAGE_PANELS, heading=_("Language")),
        CODE_PANEL,
    ]

    objects = PageManager.from_queryset(ArticleQuerySet)()

    class Meta(InLanguage.Meta):
        abstract = False
        verbose_name = _("article")
        verbose_name_plural = _("articles")
        indexes = [models.Index(fields=["-published_on", "-page_ptr"], name="articles_newest")]

    def get_context(self, request: Any, *args: Any, **kwargs: Any) -> dict[str, Any]:
        from shiliu.channel.public import pages

        # A page that is looked at before it is stored has none, and cannot be asked.
        corrections = self.corrections.all()[:MOST_CORRECTIONS] if self.pk else []
        more = {"cards": cards_of(self.body), "corrections": corrections}
        return super().get_context(request, *args, **kwargs) | more | pages.article(self, request)


def latest_articles(n: int) -> models.QuerySet[ArticlePage]:
    """The newest articles over all columns, each in its original."""
    return ArticlePage.objects.originals().newest()[:n]
