"""What the pages on reads show: all of it out of the rows of the figure `channel.reads`."""

from collections import defaultdict
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cached_property
from typing import Any

from django.db.models import F, Q, QuerySet, Sum
from django.http import Http404
from django.utils.dateparse import parse_date

from shiliu.channel.models import ArticlePage, OfficialArticle, OfficialFetch, Reads
from shiliu.core import access
from shiliu.core.figures import FIGURES, Over, Period
from shiliu.core.models import User

DAYS = 31  # of a page
GROUPS = 100
BEGINNING = date(2000, 1, 1)
FIGURE = "channel.reads"


def articles(user: User) -> QuerySet[ArticlePage]:
    """The articles of one's scope, the newest first."""
    inside = ArticlePage.objects.filter(access.scope_of(user, "channel.view").q())
    return inside.order_by("-published_on", "-pk")


def article_or_404(user: User, code: str) -> ArticlePage:
    found = articles(user).filter(code=code).first()
    if found is None:
        raise Http404
    return found


def after(found: QuerySet[ArticlePage], day: str, number: str) -> QuerySet[ArticlePage]:
    """Those behind the article that was published on this day under this number."""
    published = _day(day)
    if published is None or not (number.isascii() and number.isdigit() and len(number) < 10):
        return found
    return found.filter(Q(published_on__lt=published) | Q(published_on=published, pk__lt=int(number)))


def totals(user: User, shown: list[ArticlePage], today: date) -> dict[int, int]:
    """Reads to date of each of these articles, by its number."""
    over = _over(user, Period(BEGINNING, today), Q(article__in=[article.pk for article in shown]))
    rows = FIGURES[FIGURE].rows(over).order_by().values_list("article").annotate(Sum("reads"))
    return dict(rows)


def _over(user: User, period: Period, only: Q) -> Over:
    return Over(period, access.scope_of(user, "channel.view"), only=only)


def _day(text: str) -> date | None:
    try:
        return parse_date(text)
    except ValueError:
        return None


@dataclass(frozen=True)
class Bar:
    """One source's part of a day's column in the drawing."""

    source: str
    x: int
    y: int
    height: int


@dataclass(frozen=True)
class Day:
    day: date
    by_source: list[int]

    @property
    def total(self) -> int:
        return sum(self.by_source)


@dataclass(frozen=True)
class Told:
    """How often an article was read on the days of one page."""

    user: User
    article: ArticlePage
    until: date
    today: date

    STEP, WIDTH, HEIGHT = 20, 14, 160

    @property
    def since(self) -> date:
        return self.until - timedelta(days=DAYS - 1)

    def _rows(self) -> QuerySet:
        return FIGURES[FIGURE].rows(
            _over(self.user, Period(BEGINNING, self.until), Q(article=self.article, day__gte=self.since))
        )

    @cached_property
    def total(self) -> Any:
        """Reads to date, as the figure has them."""
        return (
            FIGURES[FIGURE].at(_over(self.user, Period(BEGINNING, self.today), Q(article=self.article))).value
        )

    @cached_property
    def days(self) -> list[Day]:
        """The days on which it was read, the last one first."""
        found: dict[date, dict[str, int]] = defaultdict(dict)
        for day, source, n in self._rows().order_by().values_list("day", "source").annotate(Sum("reads")):
            found[day][source] = n
        sources = Reads.Source.values
        return [Day(day, [found[day].get(it, 0) for it in sources]) for day in sorted(found, reverse=True)]

    @cached_property
    def groups(self) -> list[tuple[str, int]]:
        """Those through whose link it was read in these days, by name: never by number."""
        rows = self._rows().filter(group__isnull=False).values_list("group__name")
        return list(rows.annotate(Sum("reads")).order_by(F("group__name"))[:GROUPS])

    @cached_property
    def most(self) -> int:
        return max((day.total for day in self.days), default=0)

    @property
    def bars(self) -> list[Bar]:
        drawn = []
        for day in self.days:
            x, y = (day.day - self.since).days * self.STEP, self.HEIGHT
            for source, n in zip(Reads.Source.values, day.by_source, strict=True):
                height = round(n * (self.HEIGHT - 10) / self.most)
                y -= height
                if height:
                    drawn.append(Bar(source, x, y, height))
        return drawn

    @property
    def earlier(self) -> str:
        return f"?until={self.since - timedelta(days=1)}" if self.since > BEGINNING else ""

    @property
    def later(self) -> str:
        return (
            f"?until={min(self.until + timedelta(days=DAYS), self.today)}" if self.until < self.today else ""
        )


def told(user: User, article: ArticlePage, until: str, today: date) -> Told:
    """The page that ends with a day; without one, with the last day on which the article was read."""
    asked = _day(until)
    if asked is None:
        last = articles(user).filter(pk=article.pk).values_list("reads__day").order_by("-reads__day")[:1]
        asked = next((day for (day,) in last if day), today)
    return Told(user, article, min(max(asked, BEGINNING + timedelta(days=DAYS)), today), today)


def official(user: User, show: str) -> QuerySet[OfficialArticle]:
    """What the official account told figures of: what is none of ours yet, or all; the newest first."""
    found = OfficialArticle.objects.filter(access.scope_of(user, "channel.view").q())
    found = found.select_related("article").order_by("-pk")
    return found if show == "all" else found.filter(article=None)


def last_fetch() -> OfficialFetch | None:
    return OfficialFetch.objects.order_by("-at").first()
