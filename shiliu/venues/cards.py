"""What an article's card shows of the homes and what is on there."""

from collections.abc import Iterator

from django.urls import reverse
from django.utils.translation import gettext as _

from shiliu.core import links
from shiliu.venues.models import Activity


def activities(codes: list[str]) -> Iterator[links.Card]:
    for it in Activity.objects.filter(code__in=codes).select_related("venue"):
        yield links.Card(it.code, it.title, _when(it), reverse("venues:venue", args=[it.venue.code]))


def _when(it: Activity) -> str:
    if it.weekday is not None:
        day = _("every %(weekday)s") % {"weekday": it.get_weekday_display()}
    elif it.valid_to == it.valid_from:
        day = it.valid_from.isoformat()
    else:
        day = _("every day")
    return f"{day} {it.starts:%H:%M}–{it.ends:%H:%M} · {it.venue.name}"


links.present("venues.activity", activities)
