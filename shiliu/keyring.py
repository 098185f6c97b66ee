"""The keys of an install: where they are, how they are made, whether they are there.

Four keys, each in `SHILIU_DATA/keys`; the first three can come from a variable instead:
- `secret.key`   signs sessions and forms (Django's SECRET_KEY);
- `field.keys`   encrypts contact details, newest first, one per line (rotation: add a line on top);
- `report.keys`  signs reports (Ed25519), newest first, one per line; older ones say which were ours;
- `recovery.pub` the age recipient that backups are encrypted for. Its private half, `recovery.key`, opens
  them. The server never needs it: it is there until the administrator has copied it away (`shiliu keys`).

The settings are read through here, so nothing of Django is imported.
"""

import hashlib
import os
import secrets
import sys
import tempfile
import urllib.parse
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

from cryptography.fernet import Fernet
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from shiliu.env import Environment, SettingError

if TYPE_CHECKING:
    from pyrage.x25519 import Identity

MINIMUM_SECRET = 50


class KeyRefused(Exception):
    """A key that is missing or no key; the message is a sentence that says what to do."""


def folder(data: Path) -> Path:
    return data / "keys"


def secret_path(data: Path) -> Path:
    return folder(data) / "secret.key"


def field_path(data: Path) -> Path:
    return folder(data) / "field.keys"


def report_path(data: Path) -> Path:
    return folder(data) / "report.keys"


def recipient_path(data: Path) -> Path:
    return folder(data) / "recovery.pub"


def identity_path(data: Path) -> Path:
    return folder(data) / "recovery.key"


def _saved_path(data: Path) -> Path:
    return folder(data) / "recovery.saved"


# Files that only their owner can read ---------------------------------------------------------------------


def write_private(path: Path, content: str) -> None:
    """Write a new file that only its owner can read; an existing one is kept.

    It appears whole or not at all: of two starts at once, both go on with the same key.
    """
    with _draft(path, content) as draft:
        try:
            os.link(draft, path)
        except FileExistsError:
            return


def replace_private(path: Path, content: str) -> None:
    """As `write_private`, but an existing file is replaced, in one step."""
    with _draft(path, content) as draft:
        draft.replace(path)


@contextmanager
def _draft(path: Path, content: str) -> Iterator[Path]:
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    handle, name = tempfile.mkstemp(prefix=f".{path.name}-", dir=path.parent)  # mode 0600
    draft = Path(name)
    try:
        with os.fdopen(handle, "w", encoding="utf-8") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        yield draft
    finally:
        draft.unlink(missing_ok=True)
    sync_folder(path.parent)


def sync_folder(path: Path) -> None:
    """Have the names in a folder on the disk, as fsync has a file's content."""
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def readable_by_others(data: Path) -> list[Path]:
    """The key files, and their folder, that other accounts of this machine may read."""
    if not folder(data).is_dir():
        return []
    paths = [folder(data), *sorted(folder(data).rglob("*"))]
    return [path for path in paths if path.stat().st_mode & 0o077]


# The settings' keys ---------------------------------------------------------------------------------------


def secret_key(given: str, data: Path, *, production: bool) -> str:
    """The signing key: the variable's, else the file's; outside production a missing file is made."""
    path = secret_path(data)
    if not (given or path.exists() or _may_make(production)):
        raise SettingError(
            "SHILIU_SECRET_KEY is not set. Production needs a random text of at least 50 characters. "
            "Set it, or run `shiliu keys make`."
        )
    key = given or _read_or_make(path, secrets.token_urlsafe(64))
    if len(key) < MINIMUM_SECRET or len(set(key)) < 10 or key.startswith("django-insecure"):
        raise SettingError(
            "SHILIU_SECRET_KEY is too weak. It accepts a random text of at least 50 characters."
        )
    return key


def field_keys(given: list[str], data: Path, *, production: bool) -> list[str]:
    """The Fernet keys of encrypted fields, the newest first.

    Where records were kept before, a missing file is never made anew: that would hide the loss of the key.
    """
    path = field_path(data)
    if not (given or path.exists()):
        if found := _kept_before(data):
            raise SettingError(
                f"SHILIU_FIELD_KEYS is not set and {path} is missing, but {found} is there. Contact details "
                "cannot be read without the key they were written with: put field.keys back, from where you "
                "keep it or out of a backup (docs/guide/operations.md)."
            )
        if not _may_make(production):
            raise SettingError(
                "SHILIU_FIELD_KEYS is not set and SHILIU_DATA/keys/field.keys is missing. "
                "Run `shiliu keys make`, or restore the key: contact details cannot be read without it."
            )
    keys = given or _read_or_make(path, Fernet.generate_key().decode()).split()
    if not keys:
        raise SettingError(f"SHILIU_DATA: {path} is empty. Put the key back that was in it.")
    for key in keys:
        try:
            Fernet(key)
        except ValueError:
            raise SettingError(
                "SHILIU_FIELD_KEYS holds a key that is not a Fernet key (32 bytes, URL-safe base64)."
            ) from None
    return keys


def _may_make(production: bool) -> bool:
    """Production makes keys only when told to. The command that tells it reads these settings first."""
    return not production or sys.argv[1:3] == ["keys", "make"]


def _kept_before(data: Path) -> Path | None:
    """What shows that this install has kept records: its SQLite file, or the recovery key (made last)."""
    url = urllib.parse.urlsplit(Environment()["DATABASE_URL"])
    named = [Path(urllib.parse.unquote(url.path[1:]))] if url.scheme == "sqlite" else []
    for path in [*named, data / "shiliu.sqlite3", recipient_path(data)]:
        if path.is_file() and path.stat().st_size:
            return path
    return None


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


# The keys that sign reports --------------------------------------------------------------------------------


def make_report_key(data: Path) -> None:
    """Make the key that signs reports, if there is none."""
    if not report_path(data).exists():
        write_private(report_path(data), f"{new_report_key()}\n")


def new_report_key() -> str:
    return Ed25519PrivateKey.generate().private_bytes_raw().hex()


def report_keys(given: list[str], data: Path) -> list[Ed25519PrivateKey]:
    """The keys that reports were and are signed with: the first one signs. Raises KeyRefused."""
    path = report_path(data)
    try:
        keys = given or path.read_text("utf-8").split()
    except FileNotFoundError:
        keys = []
    except OSError as error:
        raise KeyRefused(f"{path} cannot be read ({error.strerror}).") from None
    if not keys:
        raise KeyRefused("There is no key to sign reports with. `shiliu keys make` makes one.")
    try:
        return [Ed25519PrivateKey.from_private_bytes(bytes.fromhex(key)) for key in keys]
    except ValueError:
        raise KeyRefused(
            "SHILIU_REPORT_KEYS, or report.keys in SHILIU_DATA/keys, holds a key that is none: it is 64 "
            "hexadecimal digits."
        ) from None


def public_half(key: Ed25519PrivateKey) -> str:
    """In hexadecimal digits."""
    return key.public_key().public_bytes_raw().hex()


def fingerprint(public_key: str) -> str:
    """What people compare of a public key: 32 digits of its SHA-256, in groups of four."""
    digits = hashlib.sha256(bytes.fromhex(public_key)).hexdigest()[:32]
    return " ".join(digits[at : at + 4] for at in range(0, len(digits), 4))


def add_report_key(data: Path) -> None:
    """Sign with a new key from now on; the ones before stay, to tell which reports are ours."""
    before = report_path(data).read_text("utf-8").split() if report_path(data).exists() else []
    replace_private(report_path(data), "".join(f"{key}\n" for key in [new_report_key(), *before]))


# The recovery key of backups ------------------------------------------------------------------------------


def make_recovery(data: Path) -> bool:
    """Make the recovery key if there is none; whether it was made."""
    from pyrage.x25519 import Identity

    if recipient_path(data).exists():
        return False
    write_private(identity_path(data), _as_key_file(Identity.generate()))
    # From the file, not from memory: of two at once, one wrote it.
    write_private(recipient_path(data), f"{read_identity(identity_path(data)).to_public()}\n")
    return True


def _as_key_file(identity: "Identity") -> str:
    """The format of age-keygen, which the `age` command reads too."""
    made = datetime.now(UTC).isoformat(timespec="seconds")
    return f"# created: {made}\n# public key: {identity.to_public()}\n{identity}\n"


def read_identity(path: Path) -> "Identity":
    """The private half in a file of age-keygen's format; raises KeyRefused."""
    import pyrage

    try:
        lines = path.read_text("utf-8", "replace").splitlines()
    except OSError as error:
        raise KeyRefused(f"{path}: {error.strerror}. Give the file of the recovery key.") from None
    keys = [line.strip() for line in lines if line.strip() and not line.startswith("#")]
    try:
        (key,) = keys
        return pyrage.x25519.Identity.from_str(key)
    except (ValueError, pyrage.IdentityError):
        raise KeyRefused(
            f"{path} holds no recovery key. It is a line that begins with AGE-SECRET-KEY-1."
        ) from None


def recipient(data: Path) -> str:
    """The public half, for which backups are encrypted; raises KeyRefused."""
    import pyrage

    path = recipient_path(data)
    try:
        return str(pyrage.x25519.Recipient.from_str(path.read_text("utf-8").strip()))
    except FileNotFoundError:
        raise KeyRefused(
            "There is no recovery key to encrypt a backup for. `shiliu keys make` makes one."
        ) from None
    except (OSError, ValueError, pyrage.RecipientError):
        raise KeyRefused(
            f"{path} holds no key. Write the line “public key” of the recovery key into it."
        ) from None


def recovery_is_saved(data: Path) -> bool:
    """Whether the administrator has said that the present recovery key was copied away."""
    try:
        return _saved_path(data).read_text("utf-8").split()[:1] == [recipient(data)]
    except (OSError, KeyRefused):
        return False


def note_recovery_saved(data: Path) -> None:
    today = datetime.now(UTC).date().isoformat()
    replace_private(_saved_path(data), f"{recipient(data)} {today}\n")


def adopt(
    data: Path, *, secret: str, fields: Iterable[str], identity: "Identity", reports: Iterable[str] = ()
) -> Path:
    """Put the keys of a restored backup in place; the folder with copies of those that were there.

    No key is missing at any moment, so an interruption leaves an install that starts. Who restores has the
    recovery key, so it counts as copied away, and its private half does not come onto the server.
    """
    stamp = datetime.now(UTC).strftime("%Y%m%dT%H%M%SZ")
    aside = folder(data) / f"replaced-{stamp}"
    paths = (secret_path, field_path, report_path, identity_path, recipient_path)
    for path in (each(data) for each in paths):
        if path.exists():
            write_private(aside / path.name, path.read_text("utf-8"))
    replace_private(secret_path(data), f"{secret}\n")
    replace_private(field_path(data), "".join(f"{key}\n" for key in fields))
    if signing := "".join(f"{key}\n" for key in reports):  # an older backup has none
        replace_private(report_path(data), signing)
    own = identity_path(data).exists() and str(read_identity(identity_path(data))) == str(identity)
    replace_private(recipient_path(data), f"{identity.to_public()}\n")
    if not own:
        identity_path(data).unlink(missing_ok=True)
        note_recovery_saved(data)
    return aside
