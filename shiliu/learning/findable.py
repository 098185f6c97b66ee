"""What the public finds of learning: resources and policy guides."""

from django.utils.translation import gettext_lazy as _

from shiliu.core import findable
from shiliu.learning.models import Guide, Resource


def _of_resource(it: Resource) -> str:
    words = (it.summary, it.get_kind_display(), it.provider, it.topic, it.audience)
    return " · ".join(filter(None, (*words, it.get_language_display(), it.text)))


def _of_guide(it: Guide) -> str:
    return " · ".join(filter(None, (it.summary, it.gives, it.papers, it.source)))


findable.register(
    findable.Kind(
        "guides",
        Guide,
        _("what one is entitled to"),
        stored=lambda: Guide.objects.all(),
        shown=lambda guides, today: guides.on(today),
        label=str,
        text=_of_guide,
        url=lambda it: findable.address("learning:guide", it.code),
    )
)
findable.register(
    findable.Kind(
        "learning",
        Resource,
        _("learning"),
        stored=lambda: Resource.objects.all(),
        shown=lambda resources, today: resources.on(today),
        label=str,
        text=_of_resource,
        url=lambda it: findable.address("learning:resource", it.code),
        date="valid_from",
    )
)
