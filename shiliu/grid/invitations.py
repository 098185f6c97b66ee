"""One-time links by which somebody who was invited chooses a password. Whoever invites never knows it.

A link is signed and not stored: it holds for PASSWORD_RESET_TIMEOUT, once, and until a newer one is made.
"""

import base64
import binascii
from datetime import timedelta
from typing import Any

from django.conf import settings
from django.contrib.auth.tokens import PasswordResetTokenGenerator
from django.urls import reverse

from shiliu.core.models import User

VALID = timedelta(seconds=settings.PASSWORD_RESET_TIMEOUT)


class _Tokens(PasswordResetTokenGenerator):
    """Signed over the password too: a chosen or renewed one makes every former link void."""

    key_salt = "shiliu.grid.invitations"

    def _make_hash_value(self, user: Any, timestamp: int) -> str:
        return f"{super()._make_hash_value(user, timestamp)}{user.is_active}"


_tokens = _Tokens()


def link(user: User) -> str:
    """A new link for somebody without a password."""
    name = base64.urlsafe_b64encode(user.username.encode()).decode().rstrip("=")
    return settings.BASE_URL + reverse("invitation", args=[name, _tokens.make_token(user)])


def is_mailed(user: User) -> bool:
    """Whether the link goes to its owner alone; where no mail leaves this install, it is handed over."""
    return bool(user.email) and settings.SENDS_MAIL


def invited(name: str) -> User | None:
    """Whom a link is for, by its first part; None where that is nobody who still needs one."""
    try:
        username = base64.urlsafe_b64decode(name + "=" * (-len(name) % 4)).decode()
    except (binascii.Error, ValueError):
        return None
    user = User.objects.filter(username=username, is_active=True).first()
    return user if user and not user.has_usable_password() else None


def holds(user: User, token: str) -> bool:
    """Whether the link is whole, not used, not renewed and not too old."""
    return _tokens.check_token(user, token)
