"""What the templates in templates/ui ask of a form's field."""

from dataclasses import dataclass

from django import forms, template
from django.forms.boundfield import BoundField

register = template.Library()


@dataclass(frozen=True)
class Control:
    """many: several inputs under one legend. check: one box. file: something to upload."""

    many: bool
    check: bool
    file: bool


@register.filter
def as_control(field: BoundField) -> Control:
    widget = field.field.widget
    return Control(
        many=widget.use_fieldset and not isinstance(widget, forms.FileInput),
        check=isinstance(widget, forms.CheckboxInput),
        file=isinstance(widget, forms.FileInput),
    )


@register.filter
def words(value: str) -> list[str]:
    """What a template counts through: `{% for name in "home ask"|words %}`."""
    return value.split()
