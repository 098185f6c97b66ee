"""The town's official account elsewhere, as far as its figures are concerned."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from shiliu.channel.models.pages import ArticlePage
from shiliu.core.models import Record
from shiliu.grid.models import Located


class OfficialArticle(Record, Located):
    """An article as the official account has it, by the number that its figures come with.

    msgid: the number of the message and the place in it, such as 2247490098_1. article: which of ours it
    is; found by title, or said by an editor. code: made of msgid.
    """

    msgid = models.CharField(_("number at the official account"), max_length=60, unique=True)
    title = models.CharField(_("title there"), max_length=200, blank=True)
    url = models.URLField(_("address there"), max_length=500, blank=True)
    article = models.ForeignKey(
        ArticlePage, models.SET_NULL, null=True, blank=True, related_name="official",
        verbose_name=_("our article"),
    )  # fmt: skip
    view_right = "channel.view"

    class Meta:
        verbose_name = _("article at the official account")
        indexes = [models.Index(fields=["-id"], condition=models.Q(article=None), name="official_unmatched")]

    def __str__(self) -> str:
        return self.title or self.msgid


class OfficialDay(models.Model):
    """How many people read such an article on a day, as the account's interface tells it."""

    official = models.ForeignKey(OfficialArticle, models.CASCADE, related_name="days")
    day = models.DateField(_("day"))
    readers = models.PositiveIntegerField(_("readers"))

    class Meta:
        constraints = [models.UniqueConstraint(fields=["official", "day"], name="official_once_a_day")]


class OfficialFetch(models.Model):
    """When the figures of a day were asked for last, and what came of it; `error` is a sentence."""

    day = models.DateField(_("day"), unique=True)
    at = models.DateTimeField()
    articles = models.PositiveIntegerField(_("articles"), default=0)
    error = models.CharField(max_length=300, blank=True)
