"""What is typed about columns and articles."""

from typing import Any

from django.core.exceptions import ValidationError
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from wagtail.admin.forms import WagtailAdminPageForm

from shiliu.channel.models.corrections import needs_sentence
from shiliu.channel.models.groups import new_link
from shiliu.channel.models.languages import ELSEWHERE
from shiliu.channel.rules import EDIT
from shiliu.grid.models import Area
from shiliu.grid.rules import scope_in_admin

OUTSIDE = gettext_lazy("That area lies outside your post's. Choose one inside it.")


class PageInScopeForm(WagtailAdminPageForm):
    """An article or column lies where its editor's post does. What nobody need type, is not asked for."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["code"].required = False
        self.fields["area"].error_messages["invalid_choice"] = OUTSIDE
        self.fields["area"].queryset = self._areas()
        if not self.instance.pk:
            for name in self.fields.keys() & {"opened_on", "published_on"}:
                self.initial[name] = self.initial.get(name) or timezone.localdate()
            self.initial["area"] = self.initial.get("area") or self._area_of_parent()

    def _areas(self) -> Any:
        """Those of the editor's posts today, and where the page lies already."""
        there = Q(pk=self.instance.area.pk) if self.instance.area_id else Q()
        mine = Area.objects.located().on(timezone.localdate()).filter(scope_in_admin(self.for_user, EDIT).q())
        return Area.objects.filter(Q(pk__in=mine.values("pk")) | there).order_by("code")

    def _area_of_parent(self) -> str | None:
        """An article lies where its column does, or where alone its editor may write."""
        areas = list(self.fields["area"].queryset.values_list("code", flat=True)[:2])
        column = getattr(self.parent_page.specific, "area_id", None)
        return column if len(areas) == 2 else next(iter(areas), None)

    def clean_code(self) -> str:
        return self.cleaned_data["code"] or self.instance.code or new_link()

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean()
        self.instance.slug = self.instance.slug or cleaned.get("code", "").lower()  # as an import has it
        return cleaned

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
