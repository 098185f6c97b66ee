"""Posts that wait for somebody."""

from django.db.models import QuerySet
from django.utils.translation import pgettext_lazy

from shiliu.console.inbox.kinds import Item, Waiting, url
from shiliu.core.models import User
from shiliu.grid import people
from shiliu.grid.models import Post


def _vacant(user: User) -> QuerySet:
    return people.vacant(user).prefetch_related(None)


def _post(it: Post) -> Item:
    return Item(it.title, it.area.name)


WAITING = [
    Waiting(
        "vacant",
        pgettext_lazy("what waits", "posts without anybody"),
        "grid.appoint",
        _vacant,
        _post,
        url("posts:index", "?show=vacant"),
    ),
]
