"""What the public finds of requests: the kinds of thing one can ask for, never what somebody asked."""

from django.utils.translation import gettext_lazy as _

from shiliu.core import findable
from shiliu.requests.models import Category


def _said(category: Category) -> str:
    return " · ".join(filter(None, (category.group, category.description)))


findable.register(
    findable.Kind(
        "categories",
        Category,
        _("what you can ask for"),
        stored=lambda: Category.objects.filter(is_offered=True),
        label=str,
        text=_said,
        also=lambda category: category.keywords,  # what residents call it: “漏水” is no category's name
        url=lambda category: findable.address("requests:ask", category=category.code),
    )
)
