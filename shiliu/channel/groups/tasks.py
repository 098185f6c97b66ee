"""Background work for the groups."""

from datetime import timedelta

from django.utils import timezone
from django_tasks import task

from shiliu.channel.groups import delivering, preparing
from shiliu.channel.models import ArticlePage, Bot
from shiliu.core.work import regularly


@task()
def prepare_for_groups(article: int) -> int:
    """Prepare what the groups get of an article. Safe to run twice."""
    page = ArticlePage.objects.live().filter(pk=article).first()
    number = preparing.prepare(page) if page else 0
    if number:
        _begin()
    return number


@task()
def send_by_bots(vendor: str) -> None:
    """Deliver what the bots of one vendor have to send. Run twice, nothing is sent twice."""
    if delivering.run(vendor):
        send_by_bots.enqueue(vendor)


@regularly(every=timedelta(minutes=1))
@task()
def look_at_deliveries() -> None:
    """What is due again, what a worker left that died, and what was published just before one did."""
    now = timezone.now()
    delivering.find_lost(now)
    for article in preparing.overlooked(now)[:20]:
        if preparing.is_news(article, now):
            preparing.prepare(article, now)
    _begin()


def _begin() -> None:
    now = timezone.now()
    for vendor in Bot.Vendor.values:
        if delivering.due(vendor, now):
            send_by_bots.enqueue(vendor)
