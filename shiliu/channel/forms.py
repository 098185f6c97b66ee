"""What is typed about columns and articles."""

from typing import Any

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from wagtail.admin.forms import WagtailAdminPageForm

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
