"""Writes of the API's own: keys are made, shown once, and taken back."""

from datetime import date, timedelta

from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from shiliu.api import keys, rules
from shiliu.api.models import AccessToken, Client
from shiliu.core import access, areas, audit, door
from shiliu.core.access import Actor
from shiliu.core.models import User
from shiliu.grid.models import Area

ADD_CLIENT = audit.verb(
    "api.add_client",
    gettext_lazy("gave the program “%(name)s” a key"),
    right=rules.MANAGE,
    masks=("digest",),
)
REVOKE_CLIENT = audit.verb(
    "api.revoke_client", gettext_lazy("took the key of the program “%(name)s” back"), right=rules.MANAGE
)
MAKE_TOKEN = audit.verb(
    "api.make_token",
    gettext_lazy("made the access token “%(name)s”, until %(expires_on)s"),
    right=rules.TOKEN,
    masks=("digest",),
)
REVOKE_TOKEN = audit.verb(
    "api.revoke_token", gettext_lazy("took the access token “%(name)s” back"), right=rules.TOKEN
)
LONGEST = timedelta(days=365)


def add_client(
    *,
    name: str,
    contact_email: str,
    area: Area,
    by: Actor,
    per_minute: int = 60,
    answers_with_token: bool = False,
) -> tuple[Client, str]:
    """A program that may file requests in a town, and its key, which nobody can read again."""
    if area.level != areas.TOWN:
        raise door.Refused(_("A key is for one town. Choose a town."))
    key = keys.new(keys.CLIENT)
    client = Client(
        name=name,
        contact_email=contact_email,
        area=area,
        per_minute=per_minute,
        answers_with_token=answers_with_token,
        digest=keys.digest(key),
        made_at=timezone.now(),
    )
    return door.create(client, ADD_CLIENT, by=by), key


def revoke_client(client: Client, *, by: Actor, seen: int) -> Client:
    """From now on its key opens nothing. What it filed stays."""
    with door.change(client, REVOKE_CLIENT, by=by, seen=seen) as change:
        if client.revoked_at:
            raise door.Refused(_("This key was taken back already."))
        change.set(revoked_at=timezone.now())
        change.say(name=client.name)
    return client


def make_token(*, name: str, expires_on: date, by: User) -> tuple[AccessToken, str]:
    """An access token of one's own, good up to and including `expires_on`, and its text to be shown once."""
    today = timezone.localdate()
    if not today <= expires_on <= today + LONGEST:
        raise door.Refused(_("Choose a last day from today on, within a year."))
    text = keys.new(keys.TOKEN)
    token = AccessToken(
        user=by, name=name, digest=keys.digest(text), made_at=timezone.now(), expires_on=expires_on
    )
    return door.create(token, MAKE_TOKEN, by=by), text


def revoke_token(token: AccessToken, *, by: User, seen: int) -> AccessToken:
    """From now on it opens nothing."""
    if by != token.user:
        raise access.NotPermitted(_("This access token is somebody else's. Switch the account off instead."))
    with door.change(token, REVOKE_TOKEN, by=by, seen=seen) as change:
        if token.revoked_at:
            raise door.Refused(_("This access token was taken back already."))
        change.set(revoked_at=timezone.now())
        change.say(name=token.name)
    return token


def note_use(token: AccessToken) -> None:
    """Once a day, that it was used: so that its owner sees which ones nobody needs. No trail, no entry."""
    today = timezone.localdate()
    if token.last_used_on != today:
        AccessToken.objects.filter(pk=token.pk).update(last_used_on=today)
