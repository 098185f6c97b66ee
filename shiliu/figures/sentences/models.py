"""An editor's own sentences in the place of those that are drafted."""

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from shiliu.core.figures import Period
from shiliu.core.models import Record
from shiliu.grid.models import Located

LENGTH = 2000


class Paragraph(Record, Located):
    """The paragraph of one part of the report, of one period and area, in one language.

    frozen: the figures that the text keeps, as `placeholders.kept` writes them, by key. Empty text: the draft
    stands there again.
    """

    class Language(models.TextChoices):
        CHINESE = "zh-hans", _("Chinese")
        ENGLISH = "en", _("English")

    start = models.DateField(_("first day"))
    end = models.DateField(_("last day"))
    part = models.CharField(_("part of the report"), max_length=20)
    language = models.CharField(_("language"), max_length=10, choices=Language)
    text = models.TextField(_("text"), max_length=LENGTH, blank=True)
    frozen = models.JSONField(default=dict)
    view_right = "figures.view"

    class Meta:
        verbose_name = _("paragraph of the report")
        ordering = ["code"]
        constraints = [
            models.UniqueConstraint(
                fields=["area", "start", "end", "part", "language"], name="figures_paragraph_once"
            ),
            models.CheckConstraint(name="figures_paragraph_days", condition=Q(end__gte=F("start"))),
        ]

    @property
    def period(self) -> Period:
        return Period(self.start, self.end)
