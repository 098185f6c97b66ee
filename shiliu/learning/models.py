"""Mode, fingertip learning: a library of what can be learned anywhere, and guides to what one is entitled to.

Nothing here knows who studied, or what somebody answered.
"""

from datetime import datetime, timedelta
from functools import cached_property
from typing import Any

from django.core.validators import MinValueValidator, URLValidator
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from shiliu.core.languages import DEFAULT, choices, language
from shiliu.core.models import Record
from shiliu.core.storage import private
from shiliu.grid.models import Dated, Located, LocatedDatedQuerySet, Unit, ends_after_start
from shiliu.learning import tree

_WEB = [URLValidator(schemes=["http", "https"])]
SOON = 5
USUAL_MINUTES = 60  # of a live session, where nobody said how long it is


# Yes and no as a page says them, by the language of its guide; those of Chinese where it is not known here.
YES_NO = {
    "zh-Hans": ("是", "否"),
    "en": ("Yes", "No"),
    "mn-Mong": ("ᠲᠡᠢᠮᠦ", "ᠦᠭᠡᠢ"),
    "mn-Cyrl": ("Тийм", "Үгүй"),
    "ug": ("ھەئە", "ياق"),
    "kk": ("Иә", "Жоқ"),
    "ko": ("예", "아니요"),
}


class PublicQuerySet(LocatedDatedQuerySet):
    def visible_to(self, actor: Any) -> "PublicQuerySet":
        """What can be learned, and what the rules are, is no secret."""
        return self.all()


class Readable(Record, Located, Dated):
    """Something to read in a language, in an area, from a day to a day."""

    title = models.CharField(pgettext_lazy("of a text", "title"), max_length=120)
    language = models.CharField(_("language"), max_length=12, choices=choices, default=DEFAULT)
    summary = models.CharField(_("summary"), max_length=300, blank=True)

    class Meta:
        abstract = True

    def __str__(self) -> str:
        return self.title

    @property
    def direction(self) -> str:
        return language(self.language).direction

    @property
    def is_vertical(self) -> bool:
        """Whether it is written from top to bottom."""
        return language(self.language).vertical

    @property
    def is_over(self) -> bool:
        return self.valid_to is not None and self.valid_to < timezone.localdate()


class ResourceQuerySet(PublicQuerySet):
    def newest(self, after: str = "") -> "ResourceQuerySet":
        """The newest first; those that follow the resource `after`."""
        rows = self.order_by("-valid_from", "-pk")
        last = self.model._default_manager.filter(code=after).first() if after else None
        if last is None:
            return rows
        return rows.filter(Q(valid_from__lt=last.valid_from) | Q(valid_from=last.valid_from, pk__lt=last.pk))

    def coming(self) -> "ResourceQuerySet":
        """The next live sessions."""
        live = self.filter(kind=Resource.Kind.LIVE, starts_at__gte=timezone.now())
        return live.order_by("starts_at", "pk")[:SOON]

    def words_of(self, name: str, most: int) -> list[str]:
        """What stands in a field (topics, for whom), once each: the first `most`."""
        found = self.exclude(**{name: ""}).order_by(name).values_list(name, flat=True).distinct()
        return list(found[:most])


class Resource(Readable):
    """Something to learn from: elsewhere on the web, a file, a text of our own, or a live session.

    provider: whose it is, as readers know it. audience: for whom it is meant; empty for everybody. text: what
    can be read here, and without network once it was saved; paragraphs with an empty line between them.
    """

    class Kind(models.TextChoices):
        LINK = "link", _("on the web")
        FILE = "file", _("file")
        TEXT = "text", _("text to read here")
        LIVE = "live", _("live session")

    kind = models.CharField(pgettext_lazy("of resource", "kind"), max_length=10, choices=Kind)
    provider = models.CharField(_("provider"), max_length=80, blank=True)
    topic = models.CharField(_("topic"), max_length=40, blank=True)
    audience = models.CharField(_("for whom"), max_length=40, blank=True)
    minutes = models.PositiveIntegerField(
        _("length in minutes"), null=True, blank=True, validators=[MinValueValidator(1)]
    )
    link = models.URLField(_("address on the web"), max_length=500, blank=True, validators=_WEB)
    file = models.FileField(_("file"), upload_to="learning", storage=private, max_length=120, blank=True)
    starts_at = models.DateTimeField(_("begins at"), null=True, blank=True)
    join = models.CharField(_("how to join"), max_length=300, blank=True)
    text = models.TextField(_("text of its own"), blank=True, max_length=100_000)
    view_right = "learning.view"

    objects = ResourceQuerySet.as_manager()

    class Meta:
        verbose_name = _("learning resource")
        verbose_name_plural = _("learning resources")
        ordering = ["code"]
        constraints = [
            ends_after_start("resource_dates"),
            models.CheckConstraint(
                name="resource_leads_somewhere",
                condition=~Q(kind="link") | ~Q(link=""),
                violation_error_message=_("What is on the web needs its address there."),
            ),
            models.CheckConstraint(
                name="resource_has_text",
                condition=~Q(kind="text") | ~Q(text=""),
                violation_error_message=_("A text to read here needs its text."),
            ),
            models.CheckConstraint(
                name="resource_has_time",
                condition=~Q(kind="live") | Q(starts_at__isnull=False),
                violation_error_message=_("A live session needs the day and time at which it begins."),
            ),
            models.CheckConstraint(
                name="resource_minutes",
                condition=Q(minutes=None) | Q(minutes__gte=1),
                violation_error_message=_("It takes a minute at least. Leave the length empty if unknown."),
            ),
        ]
        indexes = [models.Index(fields=["town", "-valid_from", "-id"], name="resource_of_town")]

    @property
    def ends_at(self) -> datetime | None:
        """When a live session is over, as far as one can know."""
        return self.starts_at and self.starts_at + timedelta(minutes=self.minutes or USUAL_MINUTES)

    @property
    def has_ended(self) -> bool:
        return self.ends_at is not None and self.ends_at < timezone.now()


class GuideQuerySet(PublicQuerySet):
    def by_code(self, after: str = "") -> "GuideQuerySet":
        rows = self.order_by("code")
        return rows.filter(code__gt=after) if after else rows


class Guide(Readable):
    """A policy as conditions and steps: who is entitled, to what, where, with which papers, in how long.

    gives: what one gets. papers: one on each line. questions: see `shiliu.learning.tree`. category: the code
    of the kind of request that it leads to. local: what the town or county has still to fill in or settles.
    is_example: no rule of this place, but a pattern for one; the page says so.
    """

    gives = models.TextField(_("what one gets"), max_length=1000)
    unit = models.ForeignKey(
        Unit, models.PROTECT, null=True, blank=True, related_name="guides", verbose_name=_("office")
    )
    place = models.CharField(_("where the office is"), max_length=200, blank=True)
    hours = models.CharField(_("office hours"), max_length=200, blank=True)
    papers = models.TextField(_("papers to bring"), max_length=2000, blank=True)
    takes = models.CharField(_("how long it takes"), max_length=200, blank=True)
    local = models.CharField(_("what is settled locally"), max_length=300, blank=True)
    source = models.CharField(_("rule"), max_length=200)
    source_number = models.CharField(_("number of the rule"), max_length=80, blank=True)
    source_date = models.DateField(_("date of the rule"))
    source_link = models.URLField(_("the rule on the web"), max_length=500, blank=True, validators=_WEB)
    is_example = models.BooleanField(_("only an example"), default=False)
    category = models.CharField(_("category of the request"), max_length=40, blank=True)
    questions = models.TextField(_("questions"), max_length=tree.MOST_CHARACTERS, validators=[tree.validate])
    view_right = "learning.view"

    objects = GuideQuerySet.as_manager()

    class Meta:
        verbose_name = _("policy guide")
        verbose_name_plural = _("policy guides")
        ordering = ["code"]
        constraints = [ends_after_start("guide_dates")]

    @cached_property
    def tree(self) -> tree.Tree:
        return tree.read(self.questions)

    @property
    def paper_list(self) -> list[str]:
        return [line.strip() for line in self.papers.splitlines() if line.strip()]
