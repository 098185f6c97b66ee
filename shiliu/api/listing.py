"""Keys and tokens as their pages list them."""

from dataclasses import dataclass
from datetime import date

from django.http import Http404
from django.utils import timezone

from shiliu.api.models import AccessToken, Client
from shiliu.core.models import User

MOST = 200  # more keys than a town will ever give; the rest, the longest gone, is not shown


def clients_of(user: User) -> list[Client]:
    """The programs of the towns where `user` gives keys."""
    return list(Client.objects.visible_to(user).listed()[:MOST])


@dataclass(frozen=True)
class Listed:
    """An access token, and whether it opens anything today: good, expired or revoked."""

    it: AccessToken
    state: str


def tokens_of(user: User) -> list[Listed]:
    today: date = timezone.localdate()
    return [Listed(token, token.state_on(today)) for token in AccessToken.objects.of(user)[:MOST]]


def find_token(user: User, code: str) -> AccessToken:
    """One of a person's own; Http404 for any other."""
    found = AccessToken.objects.of(user).select_related("user").filter(code=code).first()
    if found is None:
        raise Http404
    return found
