"""What an article's card shows of requests: their kinds, and those of public kinds that were solved.

Never who asked, never the words, and never the receipt: a request is named by its public id (decision 13).
"""

from collections.abc import Iterator

from django.db.models import Q, QuerySet
from django.urls import reverse
from django.utils import timezone
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from shiliu.core import links
from shiliu.core.areas import Scope
from shiliu.grid.models import Area
from shiliu.requests import public_ids
from shiliu.requests.models import Category, Request, State


def categories(codes: list[str]) -> Iterator[links.Card]:
    return map(_of_category, Category.objects.offered().filter(code__in=codes))


def offered_categories(words: list[str], scope: Scope, most: int) -> Iterator[links.Card]:
    """They are the same everywhere, so `scope` narrows nothing."""
    named = links.holding(words, "name", "name_en", "keywords", "description", "group")
    return map(_of_category, Category.objects.offered().filter(named)[:most])


def _of_category(it: Category) -> links.Card:
    url = f"{reverse('requests:ask')}?{urlencode({'category': it.code})}"
    return links.Card(it.code, str(it), it.description, url)


def solved(ids: list[str]) -> Iterator[links.Card]:
    """Closed, and the resident did not say that it is not solved."""
    wanted = {pk: each for each in ids if (pk := public_ids.find(each))}
    return (_of_request(it, wanted[it.pk]) for it in _solved().filter(pk__in=wanted))


def offered_solved(words: list[str], scope: Scope, most: int) -> Iterator[links.Card]:
    """The last received first, by their kind and their place: nobody looks into their words here."""
    rows = _solved().filter(scope.q())
    for word in words:
        kinds = Category.objects.filter(links.holding([word], "name", "name_en", "group"))
        places = Area.objects.filter(name__icontains=word)
        rows = rows.filter(Q(category__in=kinds) | Q(area__in=places.values("code")))
    for it in rows.order_by("-received_at", "-pk")[:most]:
        yield _of_request(it, public_ids.public_id(it))


def _solved() -> QuerySet[Request]:
    rows = Request.objects.public().filter(state=State.CLOSED, closed_at__isnull=False)
    shown = rows.exclude(solved=False).select_related("category", "area")
    return shown.only("closed_at", "category", "area")


def _of_request(it: Request, public_id: str) -> links.Card:
    day = timezone.localdate(it.closed_at)
    words = _("solved on %(day)s · %(area)s") % {"day": day, "area": it.area.name}
    url = reverse("requests:follow", args=[public_ids.public_id(it)])
    return links.Card(public_id, str(it.category), words, url)


links.present("requests.category", categories)
links.present("requests.request", solved)
links.offer("requests.category", gettext_lazy("Choose what can be asked for"), offered_categories)
links.offer("requests.request", gettext_lazy("Choose a solved request"), offered_solved)
