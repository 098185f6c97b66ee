"""What an article's card shows of works: those that are finished."""

from collections.abc import Iterator

from django.utils import timezone
from django.utils.translation import gettext as _

from shiliu.core import links
from shiliu.works.models import Project


def finished(codes: list[str]) -> Iterator[links.Card]:
    done = Project.objects.filter(code__in=codes, finished_on__lte=timezone.localdate())
    for it in done.select_related("area"):
        words = _("finished on %(day)s · %(area)s") % {"day": it.finished_on, "area": it.area.name}
        yield links.Card(it.code, it.name, words)


links.present("works.project", finished)
