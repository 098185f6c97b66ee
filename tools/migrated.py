"""A migrated SQLite database that test runs keep: migrating takes as long as a thousand tests."""

import hashlib
import os
import shutil
from pathlib import Path

REPOSITORY = Path(__file__).resolve().parents[1]
FOLDER = REPOSITORY / ".test-databases"


def kept() -> Path:
    """Its file, whether it is there or not; another one when a migration or a locked package changes."""
    made_by = [*REPOSITORY.glob("shiliu/*/migrations/*.py"), *REPOSITORY.glob("requirements/*.txt")]
    digest = hashlib.sha256()
    for path in sorted(made_by):
        digest.update(path.name.encode() + path.read_bytes())
    return FOLDER / f"{digest.hexdigest()[:16]}.sqlite3"


def keep(database: Path) -> None:
    """Keep a copy of a file that nobody writes to, and none of those before."""
    it = kept()
    FOLDER.mkdir(exist_ok=True)
    unfinished = it.with_suffix(f".{os.getpid()}")
    shutil.copyfile(database, unfinished)
    unfinished.replace(it)
    for other in FOLDER.glob("*.sqlite3"):
        if other != it:
            other.unlink(missing_ok=True)
