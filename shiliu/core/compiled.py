"""Jinja2 for what a page repeats many times: markup only, with words that Python has put together; and for
the controls of forms, whose templates Django brings for both engines.

Django's own templates have all pages (docs/decisions/0018-compiled-rows.md); a page includes rows by the tag
`{% compiled "requests/console/rows.html" rows=… %}`.
"""

from typing import Any

from django.forms.renderers import DjangoTemplates, Jinja2
from django.urls import reverse
from jinja2 import Environment, StrictUndefined


def environment(**options: Any) -> Environment:
    """As Django asks for it: autoescape is on. A name that nobody gives is an error, and not nothing."""
    made = Environment(**options | {"undefined": StrictUndefined, "trim_blocks": True})  # noqa: S701 (it is on)
    made.globals["url"] = _url
    return made


def _url(name: str, *arguments: Any) -> str:
    return reverse(name, args=arguments)


class FormRenderer(DjangoTemplates):
    """Django's own controls from their compiled templates; those of other packages as they are written."""

    def __init__(self) -> None:
        super().__init__()
        self.compiled = Jinja2()

    def get_template(self, template_name: str) -> Any:
        if template_name.startswith("django/forms/"):
            return self.compiled.get_template(template_name)
        return super().get_template(template_name)
