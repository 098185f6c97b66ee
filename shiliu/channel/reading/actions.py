"""Figures of the official account that an editor types, and which article each is about."""

from datetime import date

from django.db import transaction
from django.db.models import Sum
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from shiliu.channel import history
from shiliu.channel.models import ArticlePage, OfficialArticle, Reads
from shiliu.channel.official.actions import fill, take_out
from shiliu.core import access, audit, door
from shiliu.core.models import User

TYPE = audit.verb(
    "channel.type_reads",
    gettext_lazy("typed %(reads)s reads at the official account on %(day)s"),
    right="channel.edit",
)
MATCH = audit.verb(
    "channel.match", gettext_lazy("said which article this is: %(article)s"), right="channel.edit"
)


def official_total(article: ArticlePage) -> int:
    """What is on record of the official account: who types sees it, and it must still be so."""
    rows = Reads.objects.filter(article=article, source=Reads.Source.OFFICIAL)
    return rows.aggregate(n=Sum("reads", default=0))["n"]


def type_reads(article: ArticlePage, *, day: date, reads: int, by: User, seen: int) -> None:
    """Put down the official account's reads of one day, in the place of what was there."""
    access.require(by, "channel.edit", article.area_id)
    with transaction.atomic():
        ArticlePage.objects.select_for_update(of=("self",)).get(pk=article.pk)  # one who types at a time
        if official_total(article) != seen:
            raise door.StaleState(
                _("A colleague was faster: this has changed since you opened it. Look again, then repeat.")
            )
        Reads.objects.update_or_create(
            article=article, day=day, source=Reads.Source.OFFICIAL, group=None,
            defaults={"reads": reads, "area_id": article.area_id},
        )  # fmt: skip
        audit.record(by, TYPE, article, data={"day": str(day), "reads": reads})
        history.tell(article, history.TYPED, by, {"day": str(day), "reads": reads})


def match(official: OfficialArticle, article: ArticlePage | None, *, by: User, seen: int) -> None:
    """Say which of our articles it is; the figures that came for it go there, and leave where they were."""
    before, told = official.article, {"official": str(official)}
    with door.together():
        with door.change(official, MATCH, by=by, seen=seen) as change:
            take_out(official)
            change.set(article=article)
        fill(official)
        if before is not None and before != article:
            history.tell(before, history.IS_NOT, by, told)
        if article is not None and before != article:
            history.tell(article, history.IS, by, told)
