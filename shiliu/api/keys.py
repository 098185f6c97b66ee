"""Keys and tokens: how they are made, and whose one is. Of each only the digest is kept."""

import hashlib
import secrets

from django.utils import timezone

from shiliu.api.models import AccessToken, Client

CLIENT, TOKEN = "slk_", "slt_"  # by the beginning, people and programs that look for lost secrets know them
LENGTH = 43  # characters of 32 random bytes


def new(kind: str) -> str:
    """A new key, to be shown once: 256 random bits, so that its digest needs no salt."""
    return kind + secrets.token_urlsafe(32)


def digest(key: str) -> str:
    return hashlib.sha256(key.encode("utf-8", "replace")).hexdigest()


def client_of(key: str) -> Client | None:
    """The program with this key; None also for one that was taken back."""
    if not _may_be(key, CLIENT):
        return None
    return Client.objects.active().select_related("area").filter(digest=digest(key)).first()


def token_of(text: str) -> AccessToken | None:
    """The access token with this text, with its user; None also for one that no longer opens anything."""
    if not _may_be(text, TOKEN):
        return None
    good = AccessToken.objects.good_on(timezone.localdate())
    return good.select_related("user").filter(digest=digest(text)).first()


def _may_be(key: str, kind: str) -> bool:
    return key.startswith(kind) and len(key) == len(kind) + LENGTH
