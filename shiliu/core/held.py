"""A file that somebody has brought and has not yet said what is to happen with: encrypted, for a day.

Only who brought it opens it again: by who they are, or, without an account, by the key of their form.
`core.tasks.sweep` throws away what nobody came back for.
"""

import hashlib
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
    return _read(_name(token, by))


def _read(name: str) -> bytes | None:
    try:
        with private().open(name) as file:
            return current_cipher().decrypt(file.read())
    except (FileNotFoundError, InvalidToken):
        return None


def drop(token: str, *, by: User) -> None:
    """Throw a file away that is no longer needed."""
    if held(token, by=by) is not None:
        private().delete(_name(token, by))


def hold_for(key: str, content: bytes) -> None:
    """Keep a file for whoever has the form with this key; in the place of the one before."""
    private().delete(_name_for(key))
    private().save(_name_for(key), ContentFile(current_cipher().encrypt(content)))


def held_for(key: str) -> bytes | None:
    """The file's content; None where there is none under this key (any more)."""
    return _read(_name_for(key))


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


def _name_for(key: str) -> str:
    return f"{FOLDER}/form-{hashlib.sha256(key.encode()).hexdigest()}"


def _name(token: str, by: User) -> str:
    return f"{FOLDER}/{by.pk}-{token}"
