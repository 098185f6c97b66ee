"""What was corrected in an article after it was published, and when it has to be said."""

import json
import re
import unicodedata
from typing import Any

from django.db import models
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

_BESIDE_NO_NUMBER = re.compile(r"\s+(?=\D|$)|(?<=\D)\s+|^\s+")


class Correction(models.Model):
    """One sentence on what an article said otherwise before; it stands at the article's foot for good.

    revision: the number of the version that brought it, so that publishing twice is one correction.
    """

    article = models.ForeignKey("channel.ArticlePage", models.CASCADE, related_name="corrections")
    revision = models.PositiveBigIntegerField(gettext_lazy("version"))
    day = models.DateField(gettext_lazy("day"))
    sentence = models.CharField(gettext_lazy("what was corrected"), max_length=300)

    class Meta:
        verbose_name = gettext_lazy("correction")
        ordering = ["-day", "-pk"]
        constraints = [models.UniqueConstraint(fields=["article", "revision"], name="correction_of_version")]


def needs_sentence(before: Any, after: Any) -> bool:
    """Whether a live article's change is more than typographic: spaces, and wide or narrow signs."""
    return _told(before) != _told(after)


def without_its_sentence(page: Any) -> str:
    """Why the newest version of a page cannot be published yet; empty where it can, or is no article."""
    if not page.live or not hasattr(page, "correction"):
        return ""
    newest = page.get_latest_revision_as_object()
    if newest.correction.strip() or not needs_sentence(page, newest):
        return ""
    return _("This article is published already. Say in “What was corrected” what is different now.")


def _told(article: Any) -> tuple[str, str]:
    blocks = [_without_ids(block) for block in article.body.get_prep_value()]
    return _plain(article.title), _plain(json.dumps(blocks, ensure_ascii=False, sort_keys=True, default=str))


def _without_ids(value: Any) -> Any:
    """A body's raw data without the names of its blocks, which say nothing."""
    if isinstance(value, dict):
        return {name: _without_ids(each) for name, each in value.items() if name != "id"}
    if isinstance(value, (list, tuple)):
        return [_without_ids(each) for each in value]
    return value


def _plain(text: str) -> str:
    return _BESIDE_NO_NUMBER.sub(
        "", unicodedata.normalize("NFKC", text.replace("\\n", "\n").replace("\\r", ""))
    )
