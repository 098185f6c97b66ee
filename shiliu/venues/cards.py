"""What an article's card shows of the homes and what is on there."""

from collections.abc import Iterator

from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from shiliu.core import links
from shiliu.core.areas import Scope
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


def choices(words: list[str], scope: Scope, most: int) -> Iterator[links.Card]:
    """Those that begin last first; of one that is over it is said."""
    today = timezone.localdate()
    found = Activity.objects.within(scope).filter(links.holding(words, "title", "venue__name"))
    for it in found.select_related("venue").order_by("-valid_from", "code")[:most]:
        over = it.valid_to is not None and it.valid_to < today
        ended = " · " + _("over since %(day)s") % {"day": it.valid_to} if over else ""
        yield links.Card(it.code, it.title, _when(it) + ended)


links.present("venues.activity", activities)
links.offer("venues.activity", gettext_lazy("Choose an activity"), choices)
