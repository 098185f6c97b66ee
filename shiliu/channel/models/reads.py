"""How often articles are read. Never by whom."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from shiliu.channel.models.groups import GridGroup
from shiliu.channel.models.pages import ArticlePage
from shiliu.grid.models import Located


class Reads(Located):
    """How often an article was read on a day, by where readers came from. Never who.

    group: of which group's link, where that is known; a group is a grid's, and never a person.
    """

    class Source(models.TextChoices):
        OWN = "own", _("own page")
        OFFICIAL = "official", _("official account")
        GROUP = "group", _("group link")

    article = models.ForeignKey(ArticlePage, models.PROTECT, related_name="reads")
    day = models.DateField(_("day"))
    source = models.CharField(_("source"), max_length=10, choices=Source)
    group = models.ForeignKey(
        GridGroup, models.PROTECT, null=True, blank=True, related_name="reads", verbose_name=_("grid group")
    )
    reads = models.PositiveIntegerField(_("reads"))
    view_right = "channel.view"

    class Meta:
        verbose_name = _("reads of an article")
        indexes = [
            models.Index(fields=["town", "day", "id"], name="reads_by_day"),
            models.Index(
                fields=["town", "day", "group", "reads"],
                name="reads_of_groups",
                condition=models.Q(group__isnull=False),
            ),
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["article", "day", "source"], condition=models.Q(group=None), name="reads_once_a_day"
            ),
            models.UniqueConstraint(
                fields=["article", "day", "group"],
                condition=models.Q(group__isnull=False),
                name="reads_once_a_day_and_group",
            ),
            models.CheckConstraint(
                condition=models.Q(group=None) | models.Q(source="group"), name="reads_of_group_by_its_link"
            ),
        ]


class CountedBatch(models.Model):
    """A batch of counted reads that is in the database: it is not added a second time."""

    name = models.CharField(max_length=32, primary_key=True)
    at = models.DateTimeField(db_index=True)
