"""How often articles are read. Never by whom."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from shiliu.channel.models.pages import ArticlePage
from shiliu.grid.models import Located


class Reads(Located):
    """How often an article was read on a day, by where readers came from. Never who."""

    class Source(models.TextChoices):
        OWN = "own", _("own page")
        OFFICIAL = "official", _("official account")
        GROUP = "group", _("group link")

    article = models.ForeignKey(ArticlePage, models.PROTECT, related_name="reads")
    day = models.DateField(_("day"))
    source = models.CharField(_("source"), max_length=10, choices=Source)
    reads = models.PositiveIntegerField(_("reads"))
    view_right = "channel.view"

    class Meta:
        verbose_name = _("reads of an article")
        indexes = [models.Index(fields=["town", "day", "id"], name="reads_by_day")]
        constraints = [models.UniqueConstraint(fields=["article", "day", "source"], name="reads_once_a_day")]
