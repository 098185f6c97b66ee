"""The keys of an install: where they are, how they are made, whether they are there.

Three keys, each in `SHILIU_DATA/keys` unless a variable gives it:
- `secret.key`   signs sessions and forms (Django's SECRET_KEY);
- `field.keys`   encrypts contact details, newest first, one per line (rotation: add a line on top);
- `recovery.pub` the age recipient that backups are encrypted for. Its private half opens backups; see
  `shiliu keys`.
"""

import os
import secrets
from pathlib import Path

from cryptography.fernet import Fernet

from shiliu.env import SettingError

MINIMUM_SECRET = 50


def folder(data: Path) -> Path:
    return data / "keys"


def write_private(path: Path, content: str) -> None:
    """Write a new file that only its owner can read; an existing one is kept (two starts at once)."""
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    try:
        handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError:
        return
    with os.fdopen(handle, "w") as file:
        file.write(content)


def _read_or_make(path: Path, make: str) -> str:
    if not path.exists():
        try:
            write_private(path, make + "\n")
        except OSError as error:
            raise SettingError(
                f"SHILIU_DATA: the folder {path.parent.parent} cannot be written ({error.strerror}). "
                "Set SHILIU_DATA to one that can."
            ) from None
    try:
        return path.read_text("utf-8").strip()
    except OSError as error:
        raise SettingError(f"SHILIU_DATA: {path} cannot be read ({error.strerror}).") from None


def secret_key(given: str, data: Path, *, production: bool) -> str:
    """The signing key: the variable's, else the file's; outside production a missing file is made."""
    path = folder(data) / "secret.key"
    if not given and production and not path.exists():
        raise SettingError(
            "SHILIU_SECRET_KEY is not set. Production needs a random text of at least 50 characters."
        )
    key = given or _read_or_make(path, secrets.token_urlsafe(64))
    if len(key) < MINIMUM_SECRET or len(set(key)) < 10 or key.startswith("django-insecure"):
        raise SettingError(
            "SHILIU_SECRET_KEY is too weak. It accepts a random text of at least 50 characters."
        )
    return key


def field_keys(given: list[str], data: Path, *, production: bool) -> list[str]:
    """The Fernet keys of encrypted fields, the newest first."""
    path = folder(data) / "field.keys"
    if not given and production and not path.exists():
        raise SettingError(
            "SHILIU_FIELD_KEYS is not set and SHILIU_DATA/keys/field.keys is missing. "
            "Run `shiliu keys make`, or restore the key: contact details cannot be read without it."
        )
    keys = given or _read_or_make(path, Fernet.generate_key().decode()).split()
    for key in keys:
        try:
            Fernet(key)
        except ValueError:
            raise SettingError(
                "SHILIU_FIELD_KEYS holds a key that is not a Fernet key (32 bytes, URL-safe base64)."
            ) from None
    return keys
