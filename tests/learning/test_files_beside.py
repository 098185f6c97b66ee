"""Export and import carry the files of learning resources, and refuse what an editor could not choose."""

import csv
from pathlib import Path

import pytest
from django.core.files.base import ContentFile
from django.core.files.storage import storages
from django.db import transaction
from django.utils import translation

from shiliu.core.access import System
from shiliu.core.exchange.dump import dump
from shiliu.core.exchange.load import Import
from shiliu.core.models import AuditEntry
from shiliu.core.storage import private
from shiliu.learning.models import Resource
from tests import factories

pytestmark = pytest.mark.django_db

PDF, OTHER = b"%PDF-1.7 one", b"%PDF-1.7 two"


@pytest.fixture(autouse=True)
def kept(tmp_path, monkeypatch):
    """A storage of the test's own, empty before and after: that of the field, which stays the one that was
    there first when another test has changed the setting.
    """
    storage = Resource._meta.get_field("file").storage
    monkeypatch.setitem(storages._storages, "private", storage)
    monkeypatch.setattr(storage, "_location", str(tmp_path / "stored"))
    for name in ("base_location", "location"):
        storage.__dict__.pop(name, None)
    yield
    for name in ("base_location", "location"):
        storage.__dict__.pop(name, None)


@pytest.fixture
def folder(tmp_path) -> Path:
    made = tmp_path / "folder"
    made.mkdir()
    return made


def lesson(where, code: str, name: str, content: bytes = PDF) -> Resource:
    it = factories.resource(where, code=code, kind="file", text="")
    it.file.save(name, ContentFile(content))
    return it


def write(folder: Path, where, *pairs: tuple[str, str]) -> None:
    """resources.csv with a row for each code and name of a file."""
    with (folder / "resources.csv").open("w", encoding="utf-8", newline="") as file:
        out = csv.writer(file)
        out.writerow(["code", "title", "kind", "file", "area", "valid_from"])
        out.writerows([code, "表格", "file", name, where.code, "2023-01-01"] for code, name in pairs)


def put(folder: Path, name: str, content: bytes = PDF) -> None:
    place = folder / "files" / "learning"
    place.mkdir(parents=True, exist_ok=True)
    (place / name).write_bytes(content)


def load(folder: Path, **options) -> tuple[list[str], dict]:
    loading = Import(folder, by=System("import"), **options)
    with translation.override("en"):
        problems = [str(problem) for problem in loading.run()]
    return problems, loading.counts


def content_of(code: str) -> bytes:
    with Resource.objects.get(code=code).file.open() as file:
        return file.read()


def test_file_goes_out_and_comes_in(places, folder, django_capture_on_commit_callbacks):
    it = lesson(places.town, "K", "form.pdf")
    factories.resource(places.town, code="T")
    dump(folder, by=System("export"), language="en")
    assert (folder / "files" / "learning" / "form.pdf").read_bytes() == PDF

    Resource.objects.all().delete()
    private().delete(it.file.name)
    with django_capture_on_commit_callbacks(execute=True):
        assert load(folder)[0] == []
    assert content_of("K") == PDF
    assert Resource.objects.get(code="T").file.name == ""


def test_what_is_imported_twice_changes_nothing(places, folder, django_capture_on_commit_callbacks):
    write(folder, places.town, ("K", "form.pdf"))
    put(folder, "form.pdf")
    for _again in range(2):
        with django_capture_on_commit_callbacks(execute=True):
            problems, counts = load(folder)
        assert problems == []
    assert (counts["resources"].changed, counts["resources"].unchanged) == (0, 1)
    assert Resource.objects.get().version == 1
    assert private().listdir("learning")[1] == ["form.pdf"]


def test_another_file_by_that_name_takes_its_place(places, folder, django_capture_on_commit_callbacks):
    lesson(places.town, "K", "form.pdf")
    dump(folder, by=System("export"), language="en")
    put(folder, "form.pdf", OTHER)
    with django_capture_on_commit_callbacks(execute=True):
        problems, counts = load(folder)
    assert (problems, counts["resources"].changed) == ([], 1)
    assert content_of("K") == OTHER
    entry = AuditEntry.objects.filter(public_id="K").latest("pk")
    assert entry.data["file"] == "resources.csv"


def test_file_is_taken_away(places, folder):
    lesson(places.town, "K", "form.pdf")
    write(folder, places.town, ("K", ""))
    assert load(folder)[0] == []
    assert Resource.objects.get().file.name == ""


def test_column_that_is_left_out_keeps_the_file(places, folder):
    lesson(places.town, "K", "form.pdf")
    (folder / "resources.csv").write_text(
        f"code,title,kind,area,valid_from\nK,新题,file,{places.town.code},2023-01-01\n", "utf-8"
    )
    assert load(folder)[0] == []
    assert Resource.objects.get().title == "新题"
    assert content_of("K") == PDF


@pytest.mark.parametrize(
    ("name", "content", "says"),
    [
        ("gone.pdf", None, "“gone.pdf” is not in files/learning."),
        ("../stored/learning/x.pdf", None, "is not in files/learning."),
        ("page.html", b"<script>", "Files of this kind are not taken."),
        ("false.pdf", b"<html>", "The file is not what its name says."),
        ("x" * 120 + ".pdf", None, "at most 100"),
    ],
)
def test_what_an_editor_could_not_choose_is_refused(places, folder, name, content, says):
    write(folder, places.town, ("K", name))
    if content is not None:
        put(folder, name, content)
    problems, _counts = load(folder)
    assert len(problems) == 1
    assert says in problems[0]
    assert not Resource.objects.exists()


def test_name_of_somebody_elses_file_is_refused(places, folder):
    lesson(places.town, "K", "form.pdf")
    write(folder, places.town, ("L", "form.pdf"))
    put(folder, "form.pdf", OTHER)
    problems, _counts = load(folder)
    assert len(problems) == 1
    assert "There is another file “form.pdf” already." in problems[0]
    assert content_of("K") == PDF


def test_dry_run_and_what_is_taken_back_leave_no_file(places, folder):
    write(folder, places.town, ("K", "form.pdf"))
    put(folder, "form.pdf")
    assert load(folder, dry_run=True)[0] == []
    with transaction.atomic():
        load(folder)
        transaction.set_rollback(True)
    assert not private().exists("learning/form.pdf")
