"""Export → import into an empty install → export is the identity."""

import csv
import shutil
from pathlib import Path

import pytest
from django.core.management import call_command
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from shiliu.core.exchange.cells import NUMBER
from shiliu.core.exchange.dump import dump
from shiliu.core.exchange.kinds import KINDS
from shiliu.core.models import AuditEntry
from tests import factories
from tests.exchange.sheets import BY, load, taken_back
from tests.exchange.township import APPS, Town

SAMPLE = Path(__file__).resolve().parents[2] / "sample" / "kunhe"


def exported(folder: Path, language: str = "zh") -> dict[str, str]:
    """Each file of a fresh export, as text."""
    shutil.rmtree(folder, ignore_errors=True)
    dump(folder, by=BY, language=language)
    return {path.name: path.read_bytes().decode() for path in folder.iterdir()}


def assert_is_read_back(files: dict[str, str], folder: Path) -> None:
    """What was exported to `folder` becomes the same again in the install at hand, which is empty."""
    first = load(folder)
    assert first.problems == []
    assert {name: it.created for name, it in first.counts.items()} == {
        name: len(rows(folder / f"{name}.csv")) for name in KINDS
    }
    assert exported(folder.with_name("again")) == files
    entries = AuditEntry.objects.count()
    again = load(folder)
    assert all((it.created, it.changed, it.refused) == (0, 0, 0) for it in again.counts.values())
    assert AuditEntry.objects.count() == entries


def rows(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8-sig", newline="") as file:
        return list(csv.DictReader(file, strict=True))


@pytest.mark.django_db
@pytest.mark.parametrize("app", APPS)
@settings(max_examples=6, deadline=None, suppress_health_check=list(HealthCheck))
@given(data=st.data())
def test_random_records_of_every_kind(app: str, tmp_path: Path, data: st.DataObject) -> None:
    language = data.draw(st.sampled_from(["zh", "en"]))
    with taken_back():
        getattr(Town(data.draw, factories.places()), app)()
        files = exported(tmp_path / "first", language)
        missing = {name for name in APPS[app] if not rows(tmp_path / "first" / f"{name}.csv")}
        assert missing <= {
            "reads",
            "group_reads",
            "group_sizes",
            "deliveries",
            "measurements",
        }  # of which there may be none
    assert_no_formula(tmp_path / "first")
    with taken_back():
        if language == "zh":
            assert_is_read_back(files, tmp_path / "first")
        else:
            assert load(tmp_path / "first").problems == []
            assert exported(tmp_path / "again", language) == files


def assert_no_formula(folder: Path) -> None:
    """A spreadsheet runs a cell that begins so; a negative number is a number."""
    for path in folder.iterdir():
        for row in rows(path):
            for cell in row.values():
                assert not cell.startswith(tuple("=+@\t\r\n＝＋－＠")), cell
                assert not cell.startswith("-") or NUMBER.fullmatch(cell), cell


@pytest.mark.django_db
def test_sample_township(tmp_path: Path) -> None:
    with taken_back():
        first = load(SAMPLE)
        assert first.problems == []
        assert {name for name, counts in first.counts.items() if counts.created} == set(KINDS)
        files = exported(tmp_path / "first")
    with taken_back():
        assert_is_read_back(files, tmp_path / "first")


@pytest.mark.django_db
def test_empty_install(tmp_path: Path) -> None:
    files = exported(tmp_path / "first")
    call_command("export", tmp_path / "templates", "--templates")
    assert {path.name: path.read_bytes().decode() for path in (tmp_path / "templates").iterdir()} == files
    assert_is_read_back(files, tmp_path / "first")
