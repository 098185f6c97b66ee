"""A file that somebody has brought and has not yet said what is to happen with: encrypted, for a day.

Only who brought it opens it again. `core.tasks.sweep` throws away what nobody came back for.
"""

import secrets
from datetime import datetime, timedelta

from cryptography.fernet import InvalidToken
from django.core.files.base import ContentFile
from django.utils import timezone

from shiliu.core.fields import current_cipher
from shiliu.core.models import User
from shiliu.core.storage import private

FOLDER = "held"
KEPT_FOR = timedelta(days=1)


def hold(content: bytes, *, by: User) -> str:
    """Keep a file for `by`; the token under which they find it again."""
    token = secrets.token_hex(16)
    private().save(_name(token, by), ContentFile(current_cipher().encrypt(content)))
    return token


def held(token: str, *, by: User) -> bytes | None:
    """The file's content; None where `by` holds none under this token (any more)."""
    if len(token) != 32 or not token.isalnum() or not token.isascii():
        return None
    try:
        with private().open(_name(token, by)) as file:
            return current_cipher().decrypt(file.read())
    except (FileNotFoundError, InvalidToken):
        return None


def drop(token: str, *, by: User) -> None:
    """Throw a file away that is no longer needed."""
    if held(token, by=by) is not None:
        private().delete(_name(token, by))


def sweep(now: datetime | None = None) -> int:
    """Throw away what has lain for more than a day; how many files."""
    storage, before = private(), (now or timezone.now()) - KEPT_FOR
    if not storage.exists(FOLDER):
        return 0
    names = [f"{FOLDER}/{name}" for name in storage.listdir(FOLDER)[1]]
    old = [name for name in names if storage.get_modified_time(name) < before]
    for name in old:
        storage.delete(name)
    return len(old)


def _name(token: str, by: User) -> str:
    return f"{FOLDER}/{by.pk}-{token}"
