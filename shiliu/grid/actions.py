"""Writes of the grid: who works here, who holds which post, which area became which, where it lies."""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from django.db import transaction
from django.db.models import Q
from django.utils import timezone
from django.utils.crypto import salted_hmac
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from shiliu.core import access, areas, audit, door
from shiliu.core.access import Actor
from shiliu.core.models import User
from shiliu.grid import geometry as shapes
from shiliu.grid import invitations, rules
from shiliu.grid.models import Area, Boundary, Post, Succession, Tenure
from shiliu.grid.tasks import send_invitation

APPOINT = audit.verb("grid.appoint", gettext_lazy("gave %(user)s the post %(post)s"))
END = audit.verb("grid.end", gettext_lazy("ended it on %(valid_to)s"), right="grid.appoint")
WITHDRAW = audit.verb("grid.withdraw", gettext_lazy("withdrew it before it began"), right="grid.appoint")
CREATE_POST = audit.verb("grid.create_post", gettext_lazy("created the post %(title)s"), right="grid.edit")
END_POST = audit.verb("grid.end_post", gettext_lazy("ended the post on %(valid_to)s"), right="grid.edit")
SUCCEED = audit.verb("grid.succeed", gettext_lazy("recorded that it became %(successor)s"), right="grid.edit")
RENEW = audit.verb("grid.renew", gettext_lazy("made a new link for %(user)s"), right="grid.appoint")
SWITCH_OFF = audit.verb("grid.switch_off", gettext_lazy("switched the account off"), right="grid.appoint")
SWITCH_ON = audit.verb("grid.switch_on", gettext_lazy("switched the account on again"), right="grid.appoint")
JOIN = audit.verb("grid.join", gettext_lazy("chose a password"), right="grid.appoint")

SOURCE_LENGTH = 200
# The coordinates would make the audit many times as large as the table; the boundary itself has them.
DRAW = audit.verb(
    "grid.draw",
    gettext_lazy("drew the boundary of %(area)s, which came in %(came_in)s from “%(source)s”"),
    right="grid.edit",
    masks=("geometry",),
)


# Posts ----------------------------------------------------------------------------------------------------


def create_post(post: Post, *, by: Actor) -> Post:
    """Store a new post; nobody holds it yet."""
    return door.create(post, CREATE_POST, by=by)


def end_post(post: Post, *, on: date, by: Actor, seen: int) -> Post:
    """End a post, and with it whoever holds it; `on` is the last day."""
    with door.change(post, END_POST, by=by, seen=seen) as change:
        _refuse_end(post, on)
        if post.tenures.filter(valid_from__gt=on).exists():
            raise door.Refused(_("Somebody is to hold it from a later day on. Withdraw that first."))
        change.set(valid_to=on)
        for tenure in post.tenures.filter(Q(valid_to=None) | Q(valid_to__gt=on)).select_related("user"):
            end(tenure, on=on, by=by, seen=tenure.version)
    return post


def appoint(
    post: Post, user: User, *, since: date, until: date | None = None, by: Actor, seen: int | None = None
) -> Tenure:
    """Give `user` the post from `since` to `until`, both inclusive; None for an open end.

    `seen` is the post's version, where a person has looked at who holds it.
    """
    access.require(by, "grid.appoint", post.area_id)
    if by == user:
        raise door.Refused(_("Nobody gives themselves a post. Ask another administrator."))
    with transaction.atomic():
        _hold(post, seen)
        _refuse_days(post, user, since, until)
        tenure = Tenure(post=post, user=user, area_id=post.area_id, valid_from=since, valid_to=until)
        tenure = door.create(tenure, APPOINT, by=by)
    access.forget(user)
    return tenure


def _hold(post: Post, seen: int | None) -> None:
    """Let nobody else appoint to the post until this is stored; StaleState for who saw an older list."""
    rows = Post.objects.filter(pk=post.pk)
    version = rows.select_for_update().values_list("version", flat=True).get()
    if seen not in (None, version):
        raise _faster()
    rows.update(version=version + 1)
    post.version = version + 1


def _refuse_days(post: Post, user: User, since: date, until: date | None) -> None:
    if since < post.valid_from or (post.valid_to is not None and since > post.valid_to):
        raise door.Refused(_("The post does not exist on that day. Choose a day on which it does."))
    if not user.is_active:
        raise door.Refused(_("This account is switched off. Switch it on again first."))
    same = Tenure.objects.filter(post=post, user=user).filter(Q(valid_to=None) | Q(valid_to__gte=since))
    if until is not None:
        same = same.filter(valid_from__lte=until)
    if same.exists():
        raise door.Refused(_("This person holds that post on some of these days already. Choose other days."))


def end(tenure: Tenure, *, on: date, by: Actor, seen: int) -> Tenure:
    """End a tenure; `on` is its last day. Rights end with it."""
    with door.change(tenure, END, by=by, seen=seen) as change:
        _refuse_end(tenure, on)
        change.set(valid_to=on)
    access.forget(tenure.user)
    return tenure


def _refuse_end(held: Post | Tenure, on: date) -> None:
    """An end only shortens: otherwise one's own post could be made to last."""
    if on < held.valid_from:
        raise door.Refused(_("That is before the first day. Choose a later one."))
    if held.valid_to is not None and on > held.valid_to:
        raise door.Refused(
            _("It ends on %(day)s already. For longer, give the post anew.") % {"day": held.valid_to}
        )


def withdraw(tenure: Tenure, *, by: Actor, seen: int) -> None:
    """Take back what has not begun: it gave no right to anybody."""
    access.require(by, "grid.appoint", tenure.area_id)
    if tenure.valid_from <= timezone.localdate():
        raise door.Refused(_("This has begun. End it with a last day instead."))
    with transaction.atomic():
        audit.record(by, WITHDRAW, tenure, data={"user": tenure.user, "post": tenure.post})
        if not Tenure.objects.filter(pk=tenure.pk, version=seen).delete()[0]:
            raise _faster()


# People ---------------------------------------------------------------------------------------------------


def invite(
    user: User, *, by: Actor, post: Post | None = None, since: date | None = None, until: date | None = None
) -> User:
    """Store a new account without a password, with a post at once where one is given.

    Who has an e-mail address is sent the link; for the others it is handed over (`grid.invitations.link`).
    """
    access.require_anywhere(by, "grid.appoint")
    with transaction.atomic():
        user.set_unusable_password()
        with door.in_words(User):
            user.save(force_insert=True)
        audit.record(by, rules.INVITE, user, data={"user": user}, area=_inviting(by, post))
        if post is not None:
            appoint(post, user, since=since or timezone.localdate(), until=until, by=by)
        if invitations.is_mailed(user):
            send_invitation.enqueue(user.username)
    return user


def _inviting(by: Actor, post: Post | None) -> str:
    """The area of the post by which somebody invites: the one over `post`, else the widest."""
    grants = access.grants_of(by) if isinstance(by, User) else ()
    codes = sorted((len(it.area), it.area) for it in grants if "grid.appoint" in it.rights)
    over = [held for held in codes if post is not None and areas.contains(held[1], post.area_id)]
    return next(iter([*over, *codes]), (0, ""))[1]


def renew_link(user: User, *, by: Actor, seen: str) -> User:
    """Void the password and every link so far; the next link is the only one."""
    with _account(user, RENEW, by=by, seen=seen) as values:
        if not user.is_active:
            raise door.Refused(_("This account is switched off. Switch it on again first."))
        values["password"] = _no_password(user)
        if invitations.is_mailed(user):
            send_invitation.enqueue(user.username)
    return user


def switch_off(user: User, *, by: Actor, seen: str) -> User:
    """Close an account: signed out at once everywhere, also should it be opened again."""
    with _account(user, SWITCH_OFF, by=by, seen=seen) as values:
        if not user.is_active:
            raise _faster()
        values |= {"is_active": False, "password": _no_password(user)}
    return user


def switch_on(user: User, *, by: Actor, seen: str) -> User:
    """Open a closed account again; it needs a new link, since its password went with the closing."""
    with _account(user, SWITCH_ON, by=by, seen=seen) as values:
        if user.is_active:
            raise _faster()
        values |= {"is_active": True}
        if invitations.is_mailed(user):
            send_invitation.enqueue(user.username)
    return user


def join(user: User, password: str) -> User:
    """Somebody who was invited chooses a password; the link is used up."""
    before = user.password
    user.set_password(password)
    with transaction.atomic():
        if not User.objects.filter(pk=user.pk, password=before).update(password=user.password):
            raise _faster()
        audit.record(user, JOIN, user)
    return user


def seen_of(user: User) -> str:
    """What an administrator sees of an account, as a form carries it: changes when the account does."""
    text = f"{user.username}|{user.is_active}|{user.password}"
    return salted_hmac("shiliu.grid.seen", text, algorithm="sha256").hexdigest()[:20]


@contextmanager
def _account(user: User, verb: str, *, by: Actor, seen: str) -> Iterator[dict[str, Any]]:
    """Change an account, as `door.change` does a record: right, transaction, what was seen, audit."""
    rules.require_manage(by, user)
    if seen != seen_of(user):
        raise _faster()
    values: dict[str, Any] = {}
    with transaction.atomic():
        before = User.objects.filter(pk=user.pk, is_active=user.is_active, password=user.password)
        yield values
        if not before.update(**values):
            raise _faster()
        audit.record(by, verb, user, data={"user": user})
    for name, value in values.items():
        setattr(user, name, value)


def _no_password(user: User) -> str:
    """A new unusable password: links are signed over it, so it makes the former ones void."""
    blank = User(username=user.username)
    blank.set_unusable_password()
    return blank.password


def _faster() -> door.StaleState:
    return door.StaleState(
        _("A colleague was faster: this has changed since you opened it. Look again, then repeat.")
    )


# Areas ----------------------------------------------------------------------------------------------------


def succeed(predecessor: Area, successor: Area, *, day: date, by: Actor, seen: int) -> Succession:
    """From `day` on `successor` is what `predecessor` was; the old code ends the day before.

    A split is one call per successor. `seen` is the predecessor's version.
    """
    access.require(by, "grid.edit", successor.code)
    last_day = day - timedelta(days=1)
    with transaction.atomic():
        with door.change(predecessor, SUCCEED, by=by, seen=seen) as change:
            if predecessor == successor:
                raise door.Refused(_("An area cannot become itself. Choose the one that it became."))
            change.set(valid_to=last_day)
            change.say(successor=successor.code)
        with door.in_words(Succession):
            return Succession.objects.create(predecessor=predecessor, successor=successor, day=day)


def set_boundary(
    area: Area, geometry: Any, *, system: str, source: str, by: Actor, seen: int | None = None
) -> Boundary:
    """Store where `area` lies: `geometry` is a GeoJSON Polygon or MultiPolygon, in degrees of `system`.

    `seen` is the version of the boundary that the area has already, None where it has none. What is the same
    already is not written again. Raises Refused for a shape that cannot be.
    """
    access.require(by, "grid.edit", area.code)
    if system not in Boundary.System.values:
        raise door.Refused(_("“%s” is no coordinate system that can be read. Give wgs84 or gcj02.") % system)
    if not 1 <= len(source.strip()) <= SOURCE_LENGTH:
        raise door.Refused(_("Say where the boundary comes from, in 1 to 200 characters."))
    shape = shapes.read(geometry, from_gcj02=system == Boundary.System.GCJ02)
    values = {
        "geometry": json.dumps(shapes.degrees(shape), separators=(",", ":")),
        "came_in": Boundary.System(system).value,
        "source": source.strip(),
        **dict(zip(("west", "south", "east", "north"), map(_in_degrees, shapes.box(shape)), strict=True)),
    }
    if seen is None:
        return door.create(Boundary(area=area, **values), DRAW, by=by)
    return _redraw(area, values, by=by, seen=seen)


def _redraw(area: Area, values: dict[str, Any], *, by: Actor, seen: int) -> Boundary:
    boundary = Boundary.objects.filter(area=area).first()
    if boundary is None:
        raise door.StaleState(_("This area has no boundary any more. Look again, then repeat."))
    if boundary.version == seen and all(getattr(boundary, name) == value for name, value in values.items()):
        return boundary
    with door.change(boundary, DRAW, by=by, seen=seen) as change:
        change.set(**values)
        change.say(area=area.code)
    return boundary


def _in_degrees(millionths: int) -> Decimal:
    return Decimal(millionths).scaleb(-6)
