"""What is typed about columns and articles."""

from typing import Any

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from wagtail.admin.forms import WagtailAdminPageForm

from shiliu.channel.models.corrections import needs_sentence
from shiliu.channel.models.languages import ELSEWHERE
from shiliu.channel.rules import EDIT
from shiliu.grid.rules import scope_in_admin


class PageInScopeForm(WagtailAdminPageForm):
    """An article or column lies where its editor's post does."""

    def clean_area(self) -> Any:
        area = self.cleaned_data["area"]
        untouched = bool(self.instance.pk) and self.instance.area_id == getattr(area, "code", None)
        if area and not untouched and area.code not in scope_in_admin(self.for_user, EDIT):
            raise ValidationError(_("That area lies outside your post's. Choose one inside it."))
        return area

    def clean_original(self) -> Any:
        """A new page has no place yet by which its model could tell."""
        original = self.cleaned_data["original"]
        if original and not original.is_child_of(self.parent_page):
            raise ValidationError(str(ELSEWHERE) % {"title": original.title})
        return original


HANDED_ON = ("action-submit", "action-publish", "action-restart-workflow", "action-workflow-action")


class ArticleForm(PageInScopeForm):
    """An article. Once it is published, its changes come with a sentence on what was corrected."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if (
            self.instance.pk and not self.instance.has_unpublished_changes
        ):  # what stands there was said of an earlier version
            self.initial["correction"] = self.instance.correction = ""

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean()
        published = self.instance.pk and self.instance.live
        if published and "body" in cleaned and any(name in self.data for name in HANDED_ON):
            self._ask_for_the_sentence(cleaned)
        return cleaned

    def _ask_for_the_sentence(self, cleaned: dict[str, Any]) -> None:
        if (cleaned.get("correction") or "").strip():
            return
        before = type(self.instance)._default_manager.get(pk=self.instance.pk)
        after = type(self.instance)(title=cleaned.get("title", ""), body=cleaned["body"])
        if needs_sentence(before, after):
            sentence = _("This article is published already. Say here in one sentence what is different now.")
            self.add_error("correction", sentence)
