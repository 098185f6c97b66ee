"""What the public finds of requests: the kinds of thing one can ask for, never what somebody asked."""

from django.utils.translation import gettext_lazy as _

from shiliu.core import findable
from shiliu.requests.models import Category

findable.register(
    findable.Kind(
        "categories",
        Category,
        _("what you can ask for"),
        stored=lambda: Category.objects.filter(is_offered=True),
        label=str,
        text=lambda category: category.group,
        url=lambda category: findable.address("requests:ask", category=category.code),
    )
)
