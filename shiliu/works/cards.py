"""What an article's card shows of works: those that are finished."""

from collections.abc import Iterator

from django.db.models import QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from shiliu.core import links
from shiliu.core.areas import Scope
from shiliu.works.models import Project


def finished(codes: list[str]) -> Iterator[links.Card]:
    return map(_card, _done().filter(code__in=codes))


def choices(words: list[str], scope: Scope, most: int) -> Iterator[links.Card]:
    """The last finished first."""
    found = _done().filter(scope.q(), links.holding(words, "name", "area__name"))
    return map(_card, found.order_by("-finished_on", "code")[:most])


def _done() -> QuerySet[Project]:
    return Project.objects.filter(finished_on__lte=timezone.localdate()).select_related("area")


def _card(it: Project) -> links.Card:
    words = _("finished on %(day)s · %(area)s") % {"day": it.finished_on, "area": it.area.name}
    return links.Card(it.code, it.name, words)


links.present("works.project", finished)
links.offer("works.project", gettext_lazy("Choose a finished work"), choices)
