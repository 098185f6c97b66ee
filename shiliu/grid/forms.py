"""What is typed about areas and units."""

from typing import Any

from django.core.exceptions import ValidationError
from django.db.models import Q
from django.utils.translation import gettext as _

from shiliu.core import areas
from shiliu.grid.models import Area
from shiliu.grid.reference import ReferenceForm
from shiliu.grid.rules import scope_in_admin


class AreaForm(ReferenceForm):
    """An area lies in the one whose code its own begins with: that is computed, not asked for."""

    def clean_code(self) -> str:
        code = self.cleaned_data["code"]
        if self.instance.pk:
            return code
        areas.validate_code(code)
        if code not in scope_in_admin(self.for_user, self.right):
            raise ValidationError(
                _("That code lies outside your post's area. Begin it with that area's code.")
            )
        above = areas.parent(code)
        if above and len(code) > areas.TOWN and not Area.objects.filter(code=above).exists():
            sentence = _("The area %(code)s, in which this one lies, is not on record. Enter that one first.")
            raise ValidationError(sentence, params={"code": above})
        return code

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean()
        code, last = cleaned.get("code"), cleaned.get("valid_to")
        if code and not self.instance.pk:
            self.instance.parent_id = (
                Area.objects.filter(code=areas.parent(code) or "").values_list("code", flat=True).first()
            )
        if self.instance.pk and last:
            inside = self.instance.children.filter(Q(valid_to=None) | Q(valid_to__gt=last))
            if name := inside.order_by("code").values_list("name", flat=True).first():
                sentence = _("%(name)s lies in it and would still be valid. End what lies in it first.")
                self.add_error("valid_to", ValidationError(sentence, params={"name": name}))
        return cleaned
