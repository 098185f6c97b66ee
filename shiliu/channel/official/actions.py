"""The official account's figures come in: each day once, as often as they are fetched."""

from collections.abc import Iterable
from datetime import date

from django.db import transaction
from django.db.models import Sum
from django.utils import timezone

from shiliu.channel.models import ArticlePage, OfficialArticle, OfficialDay, OfficialFetch, Reads
from shiliu.channel.official.client import Article, Readers
from shiliu.grid.models import Area
from shiliu.grid.scopes import within


def keep(day: date, readers: Readers, published: Iterable[Article], here: Area) -> None:
    """Store what the interface told of a day, and add it to the reads of the articles that are known.

    Of a title that exactly one article of the account's town has, it is known which one it is; an editor says
    the others.
    """
    with transaction.atomic():
        for article in published:
            _know(article.msgid, here, title=article.title, url=article.url)
        for msgid, n in sorted(readers.by_msgid.items()):
            official = _know(msgid, here)
            before = OfficialDay.objects.filter(official=official, day=day).first()
            OfficialDay.objects.update_or_create(official=official, day=day, defaults={"readers": n})
            _put(official, day, n - (before.readers if before else 0))
        note(day, articles=len(readers.by_msgid))


def note(day: date, *, articles: int = 0, error: str = "") -> None:
    """When a day was asked for, and what came of it."""
    known = {"at": timezone.now(), "articles": articles, "error": error[:300]}
    OfficialFetch.objects.update_or_create(day=day, defaults=known)


def missing(days: Iterable[date]) -> list[date]:
    """Those of which no figures came yet."""
    there = set(OfficialFetch.objects.filter(error="").values_list("day", flat=True))
    return [day for day in days if day not in there]


def fill(official: OfficialArticle) -> None:
    """Bring the figures that came before it was known which article it is."""
    for day in official.days.order_by("day"):
        _put(official, day.day, day.readers)


def take_out(official: OfficialArticle) -> None:
    """Take its figures from the article that it was said to be; what somebody typed there stays."""
    for day in official.days.order_by("day"):
        total = _total(official, day.day)
        rows = Reads.objects.filter(article=official.article, day=day.day, source=Reads.Source.OFFICIAL)
        if total == day.readers:
            rows.filter(reads=total).delete()
        else:
            rows.filter(reads=total).update(reads=total - day.readers)


def _total(official: OfficialArticle, day: date) -> int:
    """What was told of our article for a day: it may stand at the account more than once."""
    told = OfficialDay.objects.filter(official__article=official.article, day=day)
    return told.aggregate(n=Sum("readers", default=0))["n"]


def _know(msgid: str, here: Area, **said: str) -> OfficialArticle:
    found, _made = OfficialArticle.objects.get_or_create(
        msgid=msgid, defaults={"area": here, "code": f"W-{msgid}"[:40]}
    )
    changed = {name: value for name, value in said.items() if value and getattr(found, name) != value}
    for name, value in changed.items():
        setattr(found, name, value)
    if found.article_id is None and found.title:
        own = ArticlePage.objects.filter(within([here.code]).q(), title=found.title)
        same = list(own.order_by("pk")[:2])
        if len(same) == 1:
            found.article, changed["article"] = same[0], ""
    if changed:
        found.save(update_fields=list(changed))
    if "article" in changed:
        fill(found)
    return found


def _put(official: OfficialArticle, day: date, more: int) -> None:
    """The reads of that day as they are told now, `more` than before; not if somebody typed others."""
    if official.article is None:
        return
    total = _total(official, day)
    row, is_new = Reads.objects.get_or_create(
        article=official.article, day=day, source=Reads.Source.OFFICIAL, group=None,
        defaults={"reads": total, "area_id": official.article.area_id},
    )  # fmt: skip
    if not is_new:
        Reads.objects.filter(pk=row.pk, reads=total - more).update(reads=total)
