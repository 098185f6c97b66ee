"""What an editor is offered of the policy guides: those of today."""

from collections.abc import Iterator

from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from shiliu.core import links
from shiliu.core.areas import Scope
from shiliu.learning.models import Guide


def choices(words: list[str], scope: Scope, most: int) -> Iterator[links.Card]:
    """By their titles; of a mere pattern it is said that it is none of this place's rules."""
    named = links.holding(words, "title", "summary", "source")
    found = Guide.objects.on(timezone.localdate()).within(scope).filter(named)
    for it in found.order_by("title", "code")[:most]:
        example = " · " + _("only an example") if it.is_example else ""
        yield links.Card(it.code, it.title, it.source + example)


links.offer("learning.guide", gettext_lazy("Choose a policy guide"), choices)
