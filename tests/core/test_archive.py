"""The container of a backup: whole or refused, whatever happens to it, and open to plain tools."""

import io
import os
import resource
import shutil
import subprocess
import tarfile
from contextlib import closing
from pathlib import Path

import pyrage
import pytest
from pyrage.x25519 import Identity

from shiliu.core.backup import Unusable, archive

pytestmark = pytest.mark.once

KEY = Identity.generate()
RECIPIENT = str(KEY.to_public())
MEMBERS = {
    "manifest.json": b"{}",
    "database.sqlite3": bytes(range(256)) * 8,
    "media/图/甲.jpg": b"",
    "private/甲.jpg": b"private",
    "media/line\nbreak and \\ backslash": b"odd",
    "keys/field.keys": b"key\n",
}


def write(path: Path, members: dict[str, bytes] = MEMBERS) -> None:
    with archive.writing(path, RECIPIENT) as writer:
        for name, content in members.items():
            writer.add_text(name, content.decode("utf-8", "surrogateescape"))


def read(path: Path, into: Path, key: Identity = KEY) -> dict[str, bytes]:
    shutil.rmtree(into, ignore_errors=True)
    with closing(archive.extract(path, key, into)) as names:
        return {name: (into / name).read_bytes() for name in names}


def packed(path: Path, *members: tarfile.TarInfo) -> None:
    """An archive that our writer would not write: members without content, and no checksums."""
    plain = io.BytesIO()
    with tarfile.open(fileobj=plain, mode="w:gz") as tar:
        for member in members:
            tar.addfile(member)
    path.write_bytes(pyrage.encrypt(plain.getvalue(), [KEY.to_public()]))


@pytest.fixture
def made(tmp_path) -> Path:
    path = tmp_path / "made.age"
    write(path)
    return path


def test_what_was_written_comes_back(made, tmp_path):
    found = read(made, tmp_path / "out")

    assert list(found) == [*MEMBERS, archive.SUMS]
    assert {name: found[name] for name in MEMBERS} == MEMBERS


def test_plain_tools_open_and_check_it(made, tmp_path):
    plain = pyrage.decrypt(made.read_bytes(), [KEY])  # what `age -d` does
    subprocess.run(["tar", "xz"], input=plain, cwd=tmp_path, check=True)

    subprocess.run(["sha256sum", "--check", "--strict", archive.SUMS], cwd=tmp_path, check=True)
    assert (tmp_path / "media/图/甲.jpg").exists()


def test_file_is_for_its_owner_and_knows_its_digest(tmp_path):
    path = tmp_path / "made.age"
    with archive.writing(path, RECIPIENT) as writer:
        writer.add_text("manifest.json", "{}")

    said = subprocess.run(["sha256sum", path], capture_output=True, text=True, check=True).stdout
    assert (writer.sha256, writer.size) == (said.split()[0], path.stat().st_size)
    assert path.stat().st_mode & 0o777 == 0o600


def test_flipped_byte_anywhere_is_refused(made, tmp_path):
    whole = made.read_bytes()
    spoilt = tmp_path / "spoilt.age"
    for place in range(len(whole)):
        spoilt.write_bytes(whole[:place] + bytes([whole[place] ^ 0x20]) + whole[place + 1 :])
        with pytest.raises(Unusable):
            read(spoilt, tmp_path / "out")


def test_cut_or_continued_file_is_refused(made, tmp_path):
    whole = made.read_bytes()
    spoilt = tmp_path / "spoilt.age"
    for content in [*(whole[:end] for end in range(0, len(whole), 7)), whole[:-1], whole + b"x"]:
        spoilt.write_bytes(content)
        with pytest.raises(Unusable, match=r"spoilt\.age is damaged|does not open"):
            read(spoilt, tmp_path / "out")


def test_large_file_is_refused_for_a_byte_in_its_middle(tmp_path):
    """Where many members have come out well already."""
    made = tmp_path / "made.age"
    write(made, {f"media/{n}": os.urandom(50_000).hex().encode() for n in range(20)})
    content = bytearray(made.read_bytes())
    content[len(content) * 3 // 4] ^= 1
    made.write_bytes(content)

    with pytest.raises(Unusable, match="is damaged"):
        read(made, tmp_path / "out")


def test_wrong_key_is_refused(made, tmp_path):
    with pytest.raises(Unusable, match=r"This key does not open .*made\.age"):
        read(made, tmp_path / "out", Identity.generate())
    assert not (tmp_path / "out").exists()


def test_missing_file_is_a_sentence(tmp_path):
    with pytest.raises(Unusable, match=r"none\.age: No such file"):
        read(tmp_path / "none.age", tmp_path / "out")


@pytest.mark.parametrize(
    "name",
    [
        "../out",
        "/etc/cron.d/x",
        "media/../../x",
        "media//x",
        "media/",
        "private/",
        "other",
        "keys/other",
        "database.",
    ],
)
def test_name_that_is_not_ours_is_refused(tmp_path, name):
    write(tmp_path / "a.age", {"manifest.json": b"{}", name: b"x"})

    with pytest.raises(Unusable, match="does not belong into a backup"):
        read(tmp_path / "a.age", tmp_path / "out")
    assert [path.name for path in (tmp_path / "out").iterdir()] == ["manifest.json"]


@pytest.mark.parametrize("kind", [tarfile.SYMTYPE, tarfile.LNKTYPE, tarfile.DIRTYPE, tarfile.FIFOTYPE])
def test_what_is_no_plain_file_is_refused(tmp_path, kind):
    member = tarfile.TarInfo("media/x")
    member.type, member.linkname = kind, "/etc/passwd"
    packed(tmp_path / "a.age", member)

    with pytest.raises(Unusable, match="does not belong into a backup"):
        read(tmp_path / "a.age", tmp_path / "out")


def test_missing_checksums_are_refused(tmp_path):
    packed(tmp_path / "a.age", tarfile.TarInfo("manifest.json"))

    with pytest.raises(Unusable, match="checksums are missing"):
        read(tmp_path / "a.age", tmp_path / "out")


def test_wrong_checksums_are_refused(tmp_path):
    packed(tmp_path / "a.age", tarfile.TarInfo("manifest.json"), tarfile.TarInfo(archive.SUMS))

    with pytest.raises(Unusable, match="checksums do not match"):
        read(tmp_path / "a.age", tmp_path / "out")


def test_member_after_the_checksums_is_refused(tmp_path):
    with archive.writing(tmp_path / "a.age", RECIPIENT) as writer:
        writer.finish()
        writer.add_text("media/x", "late")

    with pytest.raises(Unusable, match="does not belong into a backup"):
        read(tmp_path / "a.age", tmp_path / "out")


def test_member_that_comes_twice_is_refused(tmp_path):
    with archive.writing(tmp_path / "a.age", RECIPIENT) as writer:
        writer.add_text("media/x", "one")
        writer.add_text("media/x", "two")

    with pytest.raises(Unusable, match="is in it twice"):
        read(tmp_path / "a.age", tmp_path / "out")


def test_reader_may_stop_early(tmp_path):
    """The other thread, which has megabytes left to hand over, is not waited for for ever."""
    write(tmp_path / "a.age", {f"media/{n}": os.urandom(500_000).hex().encode() for n in range(4)})

    with closing(archive.extract(tmp_path / "a.age", KEY, tmp_path / "out")) as names:
        assert next(names) == "media/0"


@pytest.mark.parametrize("interruption", [KeyboardInterrupt, SystemExit, ValueError])
def test_interrupted_writing_leaves_no_file(tmp_path, interruption):
    def write_half() -> None:
        with archive.writing(tmp_path / "a.age", RECIPIENT) as writer:
            writer.add_text("media/x", os.urandom(500_000).hex())
            raise interruption

    with pytest.raises(interruption):
        write_half()

    assert list(tmp_path.iterdir()) == []


def test_full_disk_leaves_no_file(tmp_path):
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    try:
        resource.setrlimit(resource.RLIMIT_FSIZE, (300_000, hard))
        with pytest.raises(OSError, match="File too large"):
            write(tmp_path / "a.age", {f"media/{n}": os.urandom(400_000).hex().encode() for n in range(4)})
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))

    assert list(tmp_path.iterdir()) == []


def test_leftover_of_a_killed_run_is_overwritten(tmp_path):
    (tmp_path / "a.age.part").write_bytes(b"half")

    write(tmp_path / "a.age")

    assert [path.name for path in tmp_path.iterdir()] == ["a.age"]


def test_file_that_shrinks_meanwhile_is_a_sentence(tmp_path):
    def write_what_shrinks() -> None:
        with archive.writing(tmp_path / "a.age", RECIPIENT) as writer:
            writer._add("media/x", io.BytesIO(b"short"), size=1000)

    with pytest.raises(Unusable, match="media/x became shorter"):
        write_what_shrinks()

    assert list(tmp_path.iterdir()) == []


def test_memory_does_not_grow_with_the_content(tmp_path):
    size = 200 << 20
    with (tmp_path / "large").open("wb") as file:
        file.truncate(size)
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss

    with (tmp_path / "large").open("rb") as source, archive.writing(tmp_path / "a.age", RECIPIENT) as writer:
        writer.add("media/large", source)
    with closing(archive.extract(tmp_path / "a.age", KEY, tmp_path / "out")) as names:
        assert list(names) == ["media/large", archive.SUMS]

    assert (tmp_path / "out/media/large").stat().st_size == size
    grown = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before  # KiB
    assert grown < 40 << 10
