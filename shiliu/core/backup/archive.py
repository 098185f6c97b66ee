"""The container of a backup: a gzipped tar in one age file, with the checksum of each member at its end.

Plain tools open it without Shiliu: `age -d -i recovery.key FILE | tar xz`, then `sha256sum -c SHA256SUMS`.
Both ways it streams: memory does not grow with what is in it. An archive appears under its name only when
it is complete. What is read has been authenticated by age first, in chunks; that nothing is missing at the
end is known when `extract` is through.
"""

import gzip
import hashlib
import io
import os
import re
import shutil
import tarfile
import zlib
from collections.abc import Generator, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path
from typing import IO

import pyrage
from django.utils.translation import gettext as _
from pyrage.x25519 import Identity, Recipient

from shiliu import keyring
from shiliu.core.backup import Unusable

MANIFEST, SUMS = "manifest.json", "SHA256SUMS"
SECRET_KEY, FIELD_KEYS, REPORT_KEYS = "keys/secret.key", "keys/field.keys", "keys/report.keys"
MEDIA, PRIVATE = "media/", "private/"
_KNOWN = re.compile(
    rf"{re.escape(MANIFEST)}|{SUMS}|database\.\w+|{SECRET_KEY}|{FIELD_KEYS}|{REPORT_KEYS}|({MEDIA}|{PRIVATE}).+",
    re.DOTALL,
)
_CHUNK = 1 << 20
_LEVEL = 6  # of gzip: the smaller sizes beyond cost several times the time


class _Measured(io.RawIOBase):
    """Writes through, and knows size and SHA-256 of what was written, or why it could not be."""

    def __init__(self, target: IO[bytes]) -> None:
        self._target = target
        self._digest = hashlib.sha256()
        self.size = 0
        self.error: OSError | None = None

    def writable(self) -> bool:
        return True

    def write(self, block: bytes) -> int:  # type: ignore[override]
        try:
            self._target.write(block)
        except OSError as error:  # pyrage would hand on its text only
            self.error = error
            raise
        self._digest.update(block)
        self.size += len(block)
        return len(block)

    @property
    def sha256(self) -> str:
        return self._digest.hexdigest()


class _Reading(io.RawIOBase):
    """Reads through, taking the SHA-256 on the way."""

    def __init__(self, source: IO[bytes]) -> None:
        self._source = source
        self.digest = hashlib.sha256()

    def readable(self) -> bool:
        return True

    def read(self, size: int = -1) -> bytes:
        block = self._source.read(size)
        self.digest.update(block)
        return block


# Writing --------------------------------------------------------------------------------------------------


class Writer:
    """An archive being written: `add` members one by one. Made by `writing`."""

    def __init__(self, tar: tarfile.TarFile) -> None:
        self._tar = tar
        self._sums: list[str] = []
        self.sha256, self.size = "", 0  # of the whole file, once it is complete

    def add(self, name: str, source: IO[bytes]) -> None:
        """Add what `source`, an open file, holds at this moment."""
        status = os.fstat(source.fileno())
        self._add(name, source, status.st_size, int(status.st_mtime))

    def add_text(self, name: str, text: str) -> None:
        content = text.encode("utf-8", "surrogateescape")
        self._add(name, io.BytesIO(content), len(content))

    def finish(self) -> None:
        self.add_text(SUMS, "".join(self._sums))

    def _add(self, name: str, source: IO[bytes], size: int, changed: int = 0) -> None:
        info = tarfile.TarInfo(name)
        info.size, info.mtime, info.mode = size, changed, 0o600
        reading = _Reading(source)
        try:
            self._tar.addfile(info, reading)
        except OSError as error:
            if error.errno:
                raise
            raise Unusable(_("%s became shorter while it was read. Make the backup again.") % name) from None
        self._sums.append(_sum_line(reading.digest.hexdigest(), name))


def _sum_line(digest: str, name: str) -> str:
    """A line of `sha256sum`, which writes a name with a line break or backslash in its own way."""
    escaped = name.replace("\\", "\\\\").replace("\n", "\\n").replace("\r", "\\r")
    return f"{'' if escaped == name else chr(92)}{digest}  {escaped}\n"


@contextmanager
def writing(path: Path, recipient: str) -> Iterator[Writer]:
    """Write an archive that appears at `path` when the block ends well, and leaves nothing when it does not.

    Only its owner can read it. What an earlier, killed run left behind as FILE.part is overwritten.
    """
    part = path.with_name(f"{path.name}.part")
    part.unlink(missing_ok=True)
    try:
        with open(part, "xb", opener=_open_private) as file:
            measured = _Measured(file)
            with _encrypting(measured, recipient) as sink, _packing(sink) as tar:
                yield (writer := Writer(tar))
                writer.finish()
            file.flush()
            os.fsync(file.fileno())
        part.rename(path)
        keyring.sync_folder(path.parent)
        writer.sha256, writer.size = measured.sha256, measured.size
    except BaseException:
        part.unlink(missing_ok=True)
        raise


def _open_private(path: str, flags: int) -> int:
    return os.open(path, flags, 0o600)


@contextmanager
def _packing(sink: IO[bytes]) -> Iterator[tarfile.TarFile]:
    with (
        gzip.GzipFile(filename="", fileobj=sink, mode="wb", compresslevel=_LEVEL, mtime=0) as packed,
        tarfile.open(fileobj=packed, mode="w|", format=tarfile.PAX_FORMAT, bufsize=_CHUNK) as tar,
    ):
        yield tar


@contextmanager
def _encrypting(target: _Measured, recipient: str) -> Iterator[IO[bytes]]:
    """A file to write to, which arrives at `target` encrypted. age pulls, so it works in a second thread."""
    read_end, write_end = os.pipe()

    def encrypt() -> None:
        with os.fdopen(read_end, "rb") as source:
            try:
                pyrage.encrypt_io(source, target, [Recipient.from_str(recipient)])
            except pyrage.EncryptError:
                raise (target.error or OSError("the encryption failed")) from None

    with ThreadPoolExecutor(1) as beside:
        encrypting = beside.submit(encrypt)
        try:
            with os.fdopen(write_end, "wb", buffering=_CHUNK) as sink:
                yield sink
        except BrokenPipeError:  # the other thread gave up, and knows why
            encrypting.result()
            raise
        encrypting.result()


# Reading --------------------------------------------------------------------------------------------------


def extract(path: Path, identity: Identity, into: Path) -> Generator[str, None, None]:
    """Unpack into a folder; yields the name of each member as soon as it lies there, in the written order.

    Raises Unusable for a wrong key, and for whatever is not exactly as it was written. Until the last name
    has come, nothing but what was yielded is known to be whole.
    """
    sums: list[str] = []
    complete = False
    with _decrypting(path, identity) as source, _unpacking(source) as tar:
        for info in tar:
            _refuse_stranger(path, info, expected=not complete)
            digest = _unpack(path, tar, info, into / info.name)
            if info.name == SUMS:
                _compare(path, (into / SUMS).read_bytes(), sums)
                complete = True
            sums.append(_sum_line(digest, info.name))
            yield info.name
    if not complete:
        raise Unusable(_damaged(path, _("its checksums are missing")))


def _refuse_stranger(path: Path, info: tarfile.TarInfo, *, expected: bool) -> None:
    """Anybody who has the public half can write such a file, so its names are not to be trusted."""
    plain = info.isreg() and all(part not in ("", ".", "..") for part in info.name.split("/"))
    if not (expected and plain and _KNOWN.fullmatch(info.name)):
        raise Unusable(_damaged(path, _("“%s” does not belong into a backup") % info.name))


def _unpack(path: Path, tar: tarfile.TarFile, info: tarfile.TarInfo, target: Path) -> str:
    """Write one member to the disk; its SHA-256."""
    source = tar.extractfile(info)
    assert source is not None  # noqa: S101  a regular file has content
    try:
        target.parent.mkdir(parents=True, exist_ok=True)
        file = target.open("xb")
    except (FileExistsError, NotADirectoryError):
        raise Unusable(_damaged(path, _("“%s” is in it twice") % info.name)) from None
    with source, file:
        measured = _Measured(file)
        shutil.copyfileobj(source, measured, _CHUNK)
        file.flush()
        os.fsync(file.fileno())
    return measured.sha256


def _compare(path: Path, kept: bytes, lines: list[str]) -> None:
    if kept != "".join(lines).encode("utf-8", "surrogateescape"):
        raise Unusable(_damaged(path, _("its checksums do not match what is in it")))


@contextmanager
def _unpacking(source: IO[bytes]) -> Iterator[tarfile.TarFile]:
    """The tar in `source`. The rest is read too at the end, where gzip's checksum and age's seal stand."""
    with gzip.GzipFile(fileobj=source, mode="rb") as packed:
        with tarfile.open(fileobj=packed, mode="r|", bufsize=_CHUNK) as tar:
            yield tar
        while packed.read(_CHUNK):
            pass
    while source.read(_CHUNK):
        pass


@contextmanager
def _decrypting(path: Path, identity: Identity) -> Iterator[IO[bytes]]:
    """The content of an age file to read from. age pushes, so it works in a second thread."""
    read_end, write_end = os.pipe()

    def decrypt() -> None:
        with os.fdopen(write_end, "wb", buffering=_CHUNK) as sink, path.open("rb") as source:
            pyrage.decrypt_io(source, sink, [identity])

    broken: Exception | None = None
    with ThreadPoolExecutor(1) as beside:
        decrypting = beside.submit(decrypt)
        try:
            with os.fdopen(read_end, "rb") as content:  # closed before the other thread is waited for
                yield content
        except (EOFError, zlib.error, gzip.BadGzipFile, tarfile.TarError) as error:
            broken = error  # a consequence only, if the decryption broke off
        cause = decrypting.exception()
    if cause is not None and "Broken pipe" not in str(cause):  # that is only how it learns that we stopped
        raise Unusable(_why(path, cause)) from None
    if broken is not None:
        raise Unusable(_damaged(path, str(broken))) from None


def _why(path: Path, error: BaseException) -> str:
    if "No matching keys" in str(error):
        return _(
            "This key does not open %(path)s: the backup was made for another recovery key, or the file's "
            "beginning is damaged. Give the right one with --identity."
        ) % {"path": path}
    if isinstance(error, OSError) and error.errno:
        return f"{path}: {error.strerror}."
    return _damaged(path, str(error).splitlines()[0])


def _damaged(path: Path, why: str) -> str:
    return _(
        "%(path)s is damaged or no backup of Shiliu (%(why)s). Nothing was restored; use another backup."
    ) % {"path": path, "why": why}
