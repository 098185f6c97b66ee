"""Writes of the grid: who holds which post, and which area became which."""

from datetime import date

from django.db import transaction
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from shiliu.core import access, audit, door
from shiliu.core.access import Actor
from shiliu.core.models import User
from shiliu.grid import rules  # noqa: F401  registers the rights
from shiliu.grid.models import Area, Post, Succession, Tenure

APPOINT = audit.verb("grid.appoint", gettext_lazy("gave %(user)s the post %(post)s"))
END = audit.verb("grid.end", gettext_lazy("ended it on %(valid_to)s"), right="grid.appoint")
SUCCEED = audit.verb("grid.succeed", gettext_lazy("recorded that it became %(successor)s"), right="grid.edit")


def appoint(post: Post, user: User, *, since: date, until: date | None = None, by: Actor) -> Tenure:
    """Give `user` the post from `since` to `until`, both inclusive; None for an open end."""
    if since < post.valid_from or (post.valid_to is not None and since > post.valid_to):
        raise door.Refused(_("The post does not exist on that day. Choose a day on which it does."))
    tenure = Tenure(post=post, user=user, area_id=post.area_id, valid_from=since, valid_to=until)
    tenure = door.create(tenure, APPOINT, by=by)
    access.forget(user)
    return tenure


def end(tenure: Tenure, *, on: date, by: Actor, seen: int) -> Tenure:
    """End a tenure; `on` is its last day. Rights end with it."""
    with door.change(tenure, END, by=by, seen=seen) as change:
        if on < tenure.valid_from:
            raise door.Refused(_("That is before the first day. Choose a later one."))
        change.set(valid_to=on)
    access.forget(tenure.user)
    return tenure


def succeed(predecessor: Area, successor: Area, *, day: date, by: Actor, seen: int) -> Succession:
    """From `day` on `successor` is what `predecessor` was; the old code ends the day before.

    A split is one call per successor. `seen` is the predecessor's version.
    """
    access.require(by, "grid.edit", successor.code)
    last_day = date.fromordinal(day.toordinal() - 1)
    with transaction.atomic():
        with door.change(predecessor, SUCCEED, by=by, seen=seen) as change:
            if predecessor == successor:
                raise door.Refused(_("An area cannot become itself. Choose the one that it became."))
            change.set(valid_to=last_day)
            change.say(successor=successor.code)
        with door.in_words(Succession):
            return Succession.objects.create(predecessor=predecessor, successor=successor, day=day)
