"""What an article's card shows of requests: their kinds, and those of public kinds that were solved.

Never who asked, never the words, and never the receipt: a request is named by its public id (decision 13).
"""

from collections.abc import Iterator

from django.urls import reverse
from django.utils import timezone
from django.utils.http import urlencode
from django.utils.translation import gettext as _

from shiliu.core import links
from shiliu.requests import public_ids
from shiliu.requests.models import Category, Request, State


def categories(codes: list[str]) -> Iterator[links.Card]:
    for it in Category.objects.offered().filter(code__in=codes):
        url = f"{reverse('requests:ask')}?{urlencode({'category': it.code})}"
        yield links.Card(it.code, str(it), it.description, url)


def solved(ids: list[str]) -> Iterator[links.Card]:
    """Closed, and the resident did not say that it is not solved."""
    wanted = {pk: each for each in ids if (pk := public_ids.find(each))}
    rows = Request.objects.public().filter(pk__in=wanted, state=State.CLOSED, closed_at__isnull=False)
    shown = rows.exclude(solved=False).select_related("category", "area")
    for it in shown.only("closed_at", "category", "area"):
        day = timezone.localdate(it.closed_at)
        words = _("solved on %(day)s · %(area)s") % {"day": day, "area": it.area.name}
        url = reverse("requests:follow", args=[public_ids.public_id(it)])
        yield links.Card(wanted[it.pk], str(it.category), words, url)


links.present("requests.category", categories)
links.present("requests.request", solved)
