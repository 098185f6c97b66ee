"""The counts come into the database: each batch once, whoever brings it and however often."""

from collections import Counter
from datetime import date

from django.db import IntegrityError, transaction
from django.db.models import F
from django.utils import timezone

from shiliu.channel.counting.today import Counts
from shiliu.channel.models import ArticlePage, CountedBatch, GridGroup, Reads


def store(day: date, name: str, counts: Counts) -> bool:
    """Add a batch to the reads of a day; False where that was done before.

    Of an article that is no longer there nothing is kept. A group's link counts for the group, an unknown
    one for the own page.
    """
    with transaction.atomic():
        _made, is_new = CountedBatch.objects.get_or_create(name=name, defaults={"at": timezone.now()})
        if is_new:
            for (article, group), n in sorted(_known(counts).items(), key=str):
                _add(article, day, group, n)
    return is_new


Key = tuple[tuple[int, str], int | None]  # article and its area, group


def _known(counts: Counts) -> Counter[Key]:
    articles = {article for article, _link, _n in counts}
    areas = dict(ArticlePage.objects.filter(pk__in=articles).values_list("pk", "area_id"))
    links = {link for _article, link, _n in counts if link}
    groups = dict(GridGroup.objects.filter(link__in=links).values_list("link", "pk"))
    found: Counter[Key] = Counter()
    for article, link, n in counts:
        if article in areas:
            found[(article, areas[article]), groups.get(link)] += n
    return found


def _add(article: tuple[int, str], day: date, group: int | None, n: int) -> None:
    pk, area = article
    source = Reads.Source.GROUP if group else Reads.Source.OWN
    rows = Reads.objects.filter(article_id=pk, day=day, source=source, group_id=group)
    if rows.update(reads=F("reads") + n):
        return
    try:
        with transaction.atomic():
            Reads.objects.create(article_id=pk, day=day, source=source, group_id=group, area_id=area, reads=n)
    except IntegrityError:  # another machine made it in between
        rows.update(reads=F("reads") + n)


def forget_batches(before: timezone.datetime) -> None:
    """Names of batches that nobody can bring again."""
    CountedBatch.objects.filter(at__lt=before).delete()
