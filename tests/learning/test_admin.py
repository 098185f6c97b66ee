"""The library and the guides in Wagtail's admin: who keeps them, what is refused in words, the history."""

import html
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from wagtail.models import ModelLogEntry

from shiliu.core import findable, search
from shiliu.core.storage import private
from shiliu.learning import files
from shiliu.learning.models import Guide, Resource
from tests import factories

RESOURCE = {"code": "K-9", "title": "新的", "kind": "text", "language": "zh-Hans", "text": "一段。"} | {
    "area": "990001100001",
    "valid_from": "2024-01-01",
}
GUIDE = {
    "code": "G-9",
    "title": "新的",
    "language": "zh-Hans",
    "area": "990001100",
    "valid_from": "2024-01-01",
} | {
    "gives": "补贴",
    "source": "规定",
    "source_date": "2020-01-01",
    "questions": factories.QUESTIONS,
}


def said(response) -> str:
    return html.unescape(response.content.decode())


@pytest.fixture
def editor(client, staff):
    who = factories.person("town_editor")
    factories.tenure(who, "editor", staff and factories.Area.objects.get(code="990001100"))
    client.force_login(who)
    client.defaults["HTTP_ACCEPT_LANGUAGE"] = "en"
    return client


@pytest.fixture
def kept():
    """Files that a test stored are thrown away."""
    yield
    for it in Resource.objects.exclude(file=""):
        private().delete(it.file.name)


def edit(client, row, **values: Any):
    path = f"/admin/{row._meta.model_name}/edit/{row.pk}/"
    form = client.get(path).context["form"]
    data = {field: form[field].value() for field in form.fields}
    sent = {field: "" if value is None else value for field, value in data.items() if field != "file"}
    sent = {field: value for field, value in sent.items() if value is not False}
    return client.post(path, sent | values)


def pdf(content: bytes = b"%PDF-1.7 invented", name: str = "表格.PDF") -> SimpleUploadedFile:
    return SimpleUploadedFile(name, content)


def test_editor_keeps_both_and_others_do_not(editor, client, staff, places):
    rows = [factories.resource(places.east), factories.guide(places.town)]
    paths = [f"/admin/{it._meta.model_name}/edit/{it.pk}/" for it in rows] + [
        "/admin/resource/",
        "/admin/guide/",
    ]
    assert {client.get(path).status_code for path in paths} == {200}
    far = factories.resource(places.far)
    assert client.get(f"/admin/resource/edit/{far.pk}/").status_code == 404
    client.force_login(staff.town_coordinator)
    assert {client.get(path).status_code for path in paths} == {403}


def test_new_resource_is_stored_found_and_told(editor):
    response = editor.post("/admin/resource/new/", RESOURCE)
    assert response.status_code == 302, said(response)
    row = Resource.objects.get(code="K-9")
    assert list(search.matching(findable.KINDS[Resource].index_name, "新的")) == ["K-9"]
    assert ModelLogEntry.objects.for_instance(row).count() == 1


def test_new_guide_is_stored_and_its_change_told(editor):
    factories.category(code="elderly")
    response = editor.post("/admin/guide/new/", GUIDE | {"category": "elderly"})
    assert response.status_code == 302, said(response)
    row = Guide.objects.get(code="G-9")
    unit = factories.unit(factories.Area.objects.get(code="990001100"), name="民生办")
    changed = factories.QUESTIONS.replace("80", "70")
    assert edit(editor, row, questions=changed, unit=unit.pk).status_code == 302
    row.refresh_from_db()
    assert (row.version, row.unit, "70" in row.questions) == (2, unit, True)
    entry = ModelLogEntry.objects.for_instance(row).latest("pk")
    told = entry.formatter.format_message(entry)
    assert "office: – → 民生办" in told
    assert "满70岁" in told


@pytest.mark.parametrize(
    ("values", "sentence"),
    [
        ({"kind": "link"}, "What is on the web needs its address there."),
        ({"kind": "live"}, "A live session needs the day and time at which it begins."),
        ({"text": ""}, "A text to read here needs its text."),
        ({"kind": "file"}, "Choose the file, or another kind."),
        ({"minutes": "0"}, "greater than or equal to 1"),
        ({"link": "javascript:alert(1)"}, "Enter a valid URL"),
        ({"link": "ftp://example.org/"}, "Enter a valid URL"),
        ({"valid_to": "2023-01-01"}, "The last day is before the first one"),
        ({"area": "990001200001"}, "That area lies outside your post's"),
    ],
)
def test_resource_that_is_not_whole_is_refused_and_kept(editor, values, sentence):
    response = editor.post("/admin/resource/new/", RESOURCE | values)
    assert response.status_code == 200
    assert sentence in said(response)
    assert response.context["form"]["title"].value() == "新的"
    assert not Resource.objects.exists()


@pytest.mark.parametrize(
    ("values", "sentence"),
    [
        ({"questions": "? a 问"}, "Write at least one question with its answers, and at least one outcome."),
        (
            {"questions": factories.QUESTIONS.replace("> young", "> age")},
            "From the question “age” one comes back",
        ),
        ({"category": "no-such"}, "“no-such” is no category that can be asked for."),
    ],
)
def test_guide_that_is_unsound_is_refused_and_kept(editor, values, sentence):
    response = editor.post("/admin/guide/new/", GUIDE | values)
    assert response.status_code == 200
    assert sentence in said(response)
    [(name, value)] = values.items()
    assert response.context["form"][name].value() == value
    assert not Guide.objects.exists()


# Files ----------------------------------------------------------------------------------------------------


def test_file_is_kept_under_a_name_of_our_own(editor, kept):
    response = editor.post("/admin/resource/new/", RESOURCE | {"kind": "file", "text": "", "file": pdf()})
    assert response.status_code == 302, said(response)
    it = Resource.objects.get()
    assert it.file.name.startswith("learning/")
    assert it.file.name.endswith(".pdf")
    assert "表格" not in it.file.name
    assert b"".join(editor.get("/learning/file/K-9/").streaming_content) == b"%PDF-1.7 invented"


def test_file_is_replaced_and_the_change_told(editor, kept):
    editor.post("/admin/resource/new/", RESOURCE | {"kind": "file", "text": "", "file": pdf()})
    it = Resource.objects.get()
    before = it.file.name
    assert edit(editor, it, file=pdf(b"%PDF-2.0 other")).status_code == 302
    it.refresh_from_db()
    assert it.file.name != before
    assert it.file.read() == b"%PDF-2.0 other"
    entry = ModelLogEntry.objects.for_instance(it).latest("pk")
    assert f"file: {before} → {it.file.name}" in entry.formatter.format_message(entry)
    it.file.close()
    private().delete(before)


def test_other_change_leaves_the_file(editor, kept):
    editor.post("/admin/resource/new/", RESOURCE | {"kind": "file", "text": "", "file": pdf()})
    it = Resource.objects.get()
    before = it.file.name
    assert edit(editor, it, title="改名").status_code == 302
    it.refresh_from_db()
    assert (it.title, it.file.name) == ("改名", before)
    assert 'href="/learning/file/K-9/"' in said(editor.get(f"/admin/resource/edit/{it.pk}/"))


def test_file_is_taken_away(editor, kept):
    editor.post("/admin/resource/new/", RESOURCE | {"kind": "file", "file": pdf()})
    it = Resource.objects.get()
    before = it.file.name
    assert "Choose the file, or another kind." in said(edit(editor, it, **{"file-clear": "on"}))
    assert edit(editor, it, kind="text", **{"file-clear": "on"}).status_code == 302
    it.refresh_from_db()
    assert it.file.name == ""
    private().delete(before)


@pytest.mark.parametrize(
    ("file", "sentence"),
    [
        (pdf(name="x.html"), "Files of this kind are not taken."),
        (pdf(name="x.svg"), "Files of this kind are not taken."),
        (pdf(name="x"), "Files of this kind are not taken."),
        (pdf(b"<html>"), "The file is not what its name says."),
        (pdf(name="x.mp4"), "The file is not what its name says."),
    ],
)
def test_file_of_another_kind_is_refused_and_not_kept(editor, file, sentence, monkeypatch):
    monkeypatch.setattr(files, "store", lambda file: pytest.fail("kept"))
    response = editor.post("/admin/resource/new/", RESOURCE | {"kind": "file", "file": file})
    assert response.status_code == 200
    assert sentence in said(response)
    assert not Resource.objects.exists()


def test_file_that_is_too_large_is_refused(editor, monkeypatch):
    monkeypatch.setattr(files, "MOST", 5)
    response = editor.post("/admin/resource/new/", RESOURCE | {"kind": "file", "file": pdf()})
    assert "The file is larger than" in said(response)
