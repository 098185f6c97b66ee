"""The leader's morning page: what is urgent, late, due and vacant, and what the last day has changed.

Every number is a figure of the registry or the length of a list of what the leader sees; each opens its
records. Nobody is compared with anybody.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from django.db.models import QuerySet
from django.urls import reverse
from django.utils import timezone
from django.utils.http import urlencode
from django.utils.text import Truncator
from django.utils.translation import gettext as _
from django.utils.translation import pgettext_lazy

from shiliu.console.inbox.kinds import MANY, Item
from shiliu.core import access
from shiliu.core.areas import Scope
from shiliu.core.due import due
from shiliu.core.figures import FIGURES, Period
from shiliu.core.models import User
from shiliu.core.snapshot import read_snapshot
from shiliu.core.worktime import Calendar
from shiliu.figures.report import Line, over
from shiliu.grid import people
from shiliu.grid.models import Area, Post
from shiliu.grid.scopes import within
from shiliu.grid.town import town
from shiliu.plan.models import Task
from shiliu.requests.models import PERSONAL, Request

RIGHT = "plan.decide"
FEW = 4  # of each list: the page is one sheet
AHEAD = timedelta(days=7)  # so far ahead is what is due
LONG_AGO = date(2000, 1, 1)
BACK = 15  # days: no run of holidays is longer

# In the order in which they are read.
CHANGES = (
    "requests.received",
    "requests.closed",
    "requests.became_overdue",
    "requests.dissatisfied",
    "plan.tasks_done",
    "plan.decisions",
    "grid.posts_taken",
    "grid.posts_left",
    "channel.published",
    "works.accepted",
    "aid.payments",
)


@dataclass(frozen=True)
class Part:
    """One list of the page: how many, the first few, and where all of them are."""

    key: str
    title: Any
    number: int
    items: list[Item]
    url: str

    @property
    def shown(self) -> str:
        return f"{MANY - 1}+" if self.number >= MANY else str(self.number)

    @property
    def more(self) -> int:
        return self.number - len(self.items)


@dataclass(frozen=True)
class Change:
    line: Line
    url: str


@dataclass(frozen=True)
class Morning:
    area: Area
    today: date
    since: date
    parts: list[Part]
    changes: list[Change]

    @property
    def lists(self) -> list[Part]:
        """The parts of which there is something."""
        return [part for part in self.parts if part.number]

    @property
    def quiet(self) -> str:
        """What has not changed at all, in one line."""
        return _(", ").join(str(each.line.figure.label) for each in self.changes if not each.line.value.value)

    @property
    def changed(self) -> list[Change]:
        return [each for each in self.changes if each.line.value.value]


def area_of(user: User) -> Area | None:
    """For which area somebody leads: the site's town, or the first of their own."""
    scope = access.scope_of(user, RIGHT)
    here = town()
    if here and here.code in scope:
        return here
    return Area.objects.filter(code__in=scope.codes).order_by("code").first()


def last_working_day(today: date) -> date:
    """The working day before a day: on a Monday that is Friday."""
    calendar = Calendar.load(today.year - 1, today.year)
    days = (today - timedelta(days=n) for n in range(1, BACK))
    return next((day for day in days if calendar.is_working(day)), today - timedelta(days=1))


def compute(area: Area, user: User) -> Morning:
    """All of the page as of one moment."""
    today = timezone.localdate()
    since = last_working_day(today)
    with read_snapshot():
        scope = within([area.code])
        return Morning(area, today, since, _parts(area, scope, user, today), _changes(area, since, today))


def _records(area: Area, period: Period, key: str) -> str:
    return f"{reverse('figures:records', args=[period, key])}?{urlencode({'area': area.code})}"


def _changes(area: Area, since: date, today: date) -> list[Change]:
    period = Period(since, today)
    asked = over(period, area)
    lines = [Line(FIGURES[key], FIGURES[key].at(asked)) for key in CHANGES]
    return [Change(line, _records(area, period, line.figure.key)) for line in lines]


# Lists ----------------------------------------------------------------------------------------------------


def _parts(area: Area, scope: Scope, user: User, today: date) -> list[Part]:
    inside = Request.objects.open_within(access.scope_of(user, "requests.view") & scope)
    tasks = Task.objects.visible_to(user).within(scope).open().select_related("owner")
    coming, before = Period(today, today + AHEAD), Period(LONG_AGO, today - timedelta(days=1))
    vacant = people.posts(user, show="vacant", area=area).prefetch_related(None)
    now, desk = timezone.now(), reverse("desk:list")
    urgent = _part("urgent", _requests(inside.urgent()), _request, f"{desk}?show=urgent")
    return [
        urgent,
        _part("late", _requests(inside.late(now)), _request, f"{desk}?show=late", above=urgent),
        _part("today", _requests(inside.due_today(now)), _request, f"{desk}?show=today"),
        _part("late_tasks", _due(tasks, before), _task, _records(area, before, "plan.tasks_left")),
        _part("tasks", _due(tasks, coming), _task, _records(area, coming, "plan.tasks_left")),
        _part("vacant", vacant, _post, f"{reverse('posts:index')}?show=vacant"),
    ]


TITLES = {
    "urgent": pgettext_lazy("morning", "Urgent"),
    "late": pgettext_lazy("morning", "Requests overdue"),
    "today": pgettext_lazy("morning", "Requests due today"),
    "late_tasks": pgettext_lazy("morning", "Tasks overdue"),
    "tasks": pgettext_lazy("morning", "Tasks due in a week"),
    "vacant": pgettext_lazy("morning", "Posts without anybody"),
}


def _part(key: str, rows: QuerySet, item: Callable[[Any], Item], url: str, above: Part | None = None) -> Part:
    """above: a list in which some of these stand already."""
    number = rows.order_by().values("pk")[:MANY].count()
    said = above.items if above else []
    items = [it for it in map(item, rows[: FEW + len(said)]) if it not in said] if number else []
    return Part(key, TITLES[key], number, items[:FEW], url)


def _requests(rows: QuerySet) -> QuerySet:
    return rows.select_related("area", "category").defer(*PERSONAL).order_by("due_at", "pk")


def _due(tasks: QuerySet, period: Period) -> QuerySet:
    return tasks.filter(due_on__range=(period.start, period.end)).order_by("due_on", "pk")


def _request(it: Request) -> Item:
    when = due(it.due_at, timezone.now())
    where = f"{it.category} · {it.area.name}"
    address = reverse("desk:detail", args=[it.code])
    return Item(Truncator(it.headline).chars(40), where, when.words, address, when.late)


def _task(it: Task) -> Item:
    return Item(it.title, it.owner.title, str(it.due_on), late=it.due_on < timezone.localdate())


def _post(it: Post) -> Item:
    return Item(it.title, it.area.name, url=reverse("posts:post", args=[it.code]))
