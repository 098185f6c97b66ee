"""`shiliu import` and `shiliu export` as somebody at a shell sees them."""

import stat
from io import StringIO
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command

from shiliu.core.exchange.dump import templates
from shiliu.core.exchange.kinds import KINDS
from shiliu.core.fields import UnreadableField
from shiliu.venues.models import Venue
from tests import factories
from tests.exchange.sheets import venue, venues, write
from tests.factories import Places

pytestmark = pytest.mark.django_db


def run(*arguments: object, **options: object) -> tuple[int, str, str]:
    """Exit status, what it says and what it refuses."""
    out, err = StringIO(), StringIO()
    try:
        call_command(*arguments, stdout=out, stderr=err, **options)
    except SystemExit as end:
        return int(end.code or 0), out.getvalue(), err.getvalue()
    return 0, out.getvalue(), err.getvalue()


def test_import_says_what_became_of_each_file(tmp_path: Path, at: Places, english: None) -> None:
    folder = write(tmp_path, venues=venues(venue("V1"), venue("V2", kind="palace")))
    for option, last in (
        ("dry_run", "Dry run: nothing was written."),
        ("strict", "Nothing was imported, since rows were refused."),
    ):
        status, out, err = run("import", folder, **{option: True})
        assert (status, out.splitlines()[-1], Venue.objects.count()) == (1, last, 0)
        assert err.startswith("venues.csv, line 3, column kind: “palace” is not known here.")
    status, out, err = run("import", folder)
    assert (status, Venue.objects.count()) == (1, 1)
    assert [line.split() for line in out.splitlines()] == [
        ["created", "changed", "unchanged", "refused"],
        ["venues", "1", "0", "0", "1"],
    ]
    write(folder, venues=venues(venue("V1")))
    assert run("import", folder) == (
        0,
        out.replace("1         0           0         1", "0         0           1         0"),
        "",
    )


def test_import_of_a_folder_without_files(tmp_path: Path, english: None) -> None:
    with pytest.raises(CommandError, match="holds no CSV file"):
        run("import", tmp_path)
    with pytest.raises(CommandError, match="is not a folder"):
        run("import", tmp_path / "venues.csv")


def test_export_needs_a_folder_unless_it_prints(english: None) -> None:
    with pytest.raises(CommandError, match="Give the folder to write to"):
        run("export")
    assert run("export", columns=True)[1].startswith("### areas.csv: ")


@pytest.mark.parametrize("language", ["zh", "en"])
def test_templates_are_headers_alone(tmp_path: Path, language: str) -> None:
    for path, kind in zip(templates(tmp_path, language=language), KINDS.values(), strict=True):
        titles = [col.zh if language == "zh" else col.name for col in kind.columns]
        assert path.read_bytes().decode() == "\ufeff" + ",".join(titles) + "\r\n"
        assert path.name == f"{kind.name}.csv"


def test_exported_files_are_their_owners_alone_also_in_the_place_of_others(tmp_path: Path) -> None:
    (tmp_path / "people.csv").write_text("an earlier file")
    (tmp_path / "people.csv").chmod(0o644)
    run("export", tmp_path)
    names = {path.name for path in tmp_path.iterdir()}
    assert names == {f"{name}.csv" for name in KINDS}
    assert {stat.S_IMODE(path.stat().st_mode) for path in tmp_path.iterdir()} == {0o600}


def test_export_that_fails_leaves_the_earlier_file(
    tmp_path: Path, at: Places, monkeypatch: pytest.MonkeyPatch
) -> None:
    factories.volunteer(at.east)
    (tmp_path / "volunteers.csv").write_text("an earlier file")

    def without_a_key(*arguments: object) -> None:
        raise UnreadableField("volunteers.Volunteer.name cannot be read: key missing.")

    monkeypatch.setattr("shiliu.core.fields.EncryptedTextField.from_db_value", without_a_key)
    with pytest.raises(CommandError, match="key missing"):
        run("export", tmp_path)
    assert (tmp_path / "volunteers.csv").read_text() == "an earlier file"
