"""In which language an article is, and of which article it is a translation."""

from typing import Any

from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from wagtail.admin.panels import FieldPanel

from shiliu.core.languages import DEFAULT, Language, choices, language

ELSEWHERE = gettext_lazy("“%(title)s” stands in another column. A translation belongs into the same one.")
LANGUAGE_PANELS = [FieldPanel("language"), FieldPanel("original")]


class InLanguage(models.Model):
    """A page in one language; its translations are pages of their own, each linked to the original.

    No chains: an original is nobody's translation, so that all versions of an article are one query away.
    """

    language = models.CharField(gettext_lazy("language"), max_length=12, choices=choices, default=DEFAULT)
    original = models.ForeignKey(
        "channel.ArticlePage",
        models.RESTRICT,  # unless both go, with their column
        null=True,
        blank=True,
        related_name="translations",
        verbose_name=gettext_lazy("translation of"),
        help_text=gettext_lazy("The article in the language in which it was written; empty if this is it."),
    )

    class Meta:
        abstract = True
        constraints = [
            models.UniqueConstraint(
                fields=["original", "language"],
                name="translated_once_into_a_language",
                violation_error_message=gettext_lazy(
                    "That article has a translation into this language already. Correct that one instead."
                ),
            ),
            models.CheckConstraint(
                condition=Q(original=None) | ~Q(original=F("page_ptr")), name="translation_of_another"
            ),
        ]

    @property
    def spoken(self) -> Language:
        return language(self.language)

    @property
    def first(self) -> Any:
        """The original of all versions: this article itself, unless it is a translation."""
        return self.original or self

    def clean(self) -> None:
        super().clean()
        if self.original_id:
            self._clean_translation(self.original)
        elif self.pk and self.translations.filter(language=self.language).exists():
            raise ValidationError(
                {"language": _("This article has a translation into that language already. Choose another.")}
            )

    def _clean_translation(self, original: Any) -> None:
        said: Any = ""
        if original.pk == self.pk:
            said = _("An article is not its own translation. Leave this empty, or choose another article.")
        elif original.original_id:
            said = _("“%(title)s” is a translation itself. Choose the article that it translates.")
        elif original.language == self.language:
            said = _("“%(title)s” is in this language already. Choose the language of this text.")
        elif self.path and not original.is_sibling_of(self):
            said = ELSEWHERE
        elif self.pk and self.translations.exists():
            said = _("This article has translations itself. Let them point to “%(title)s” first.")
        if said:
            raise ValidationError({"original": str(said) % {"title": original.title}})
