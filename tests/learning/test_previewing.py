"""The preview beside the form: drawn while something is wrong, its editor's alone, and never a record."""

import html
from urllib.parse import urlencode

import pytest
from django.utils import timezone
from wagtail.admin.models import FormState
from wagtail.models import ModelLogEntry

from shiliu.core.storage import private
from shiliu.learning.models import Guide, Resource
from tests import factories
from tests.learning.test_admin import GUIDE, RESOURCE, editor  # noqa: F401

pytestmark = pytest.mark.django_db


def preview(client, path: str, **values: object) -> str:
    """The page that is drawn of what was typed."""
    answer = client.post(path, urlencode(values), content_type="application/x-www-form-urlencoded")
    assert answer.json() == {"is_valid": True, "is_available": True}
    drawn = client.get(path)
    assert drawn.status_code == 200
    assert drawn.headers["X-Frame-Options"] == "SAMEORIGIN"
    return html.unescape(drawn.content.decode())


def test_new_guide_is_drawn_and_not_kept(editor):  # noqa: F811
    shown = preview(editor, "/admin/guide/preview/", **GUIDE)
    assert "满80岁了吗？" in shown
    assert 'class="notice stop"' not in shown
    assert not Guide.objects.exists()
    assert not ModelLogEntry.objects.exists()
    assert editor.get("/learning/guides/").context["page"].rows == []


def test_empty_form_is_drawn_without_a_reproach(editor):  # noqa: F811
    for kind in ("guide", "resource"):
        shown = preview(editor, f"/admin/{kind}/preview/", title="")
        assert 'class="notice stop"' not in shown


@pytest.mark.parametrize(
    ("questions", "says"),
    [
        (factories.QUESTIONS.replace("> young", "> age"), "“age”"),
        (factories.QUESTIONS.replace("> young", "> nowhere"), "“nowhere”"),
        (factories.QUESTIONS.replace("- 否 > young\n", ""), "“age”"),
        (factories.QUESTIONS + "= lost ask：没有路来这里。\n", "“lost”"),
    ],
    ids=["circle", "dead end", "one answer", "nothing leads there"],
)
def test_what_is_wrong_with_the_questions_stands_on_top(editor, questions, says):  # noqa: F811
    shown = preview(editor, "/admin/guide/preview/", **GUIDE | {"questions": questions})
    notice = shown.split('class="notice stop"')[1].split("</div>")[0]
    assert says in notice
    assert "新的" in shown  # and the rest is drawn


def test_stored_guide_is_drawn_as_typed_and_stays_as_it_is(editor, places):  # noqa: F811
    it = factories.guide(places.town)
    shown = preview(editor, f"/admin/guide/preview/{it.pk}/", **GUIDE | {"title": "改了名"})
    assert "改了名" in shown
    it.refresh_from_db()
    assert (it.title, it.version) == ("测试指南", 1)


def test_resource_is_drawn_without_its_file(editor, monkeypatch):  # noqa: F811
    monkeypatch.setattr(type(private()), "save", lambda *told: pytest.fail("kept"))
    live = {"kind": "live", "starts_at": "2099-05-01 19:30", "join": "会议号 1"}
    assert "2099-05-01 19:30" in preview(editor, "/admin/resource/preview/", **RESOURCE | live)
    shown = preview(editor, "/admin/resource/preview/", **RESOURCE | {"kind": "file", "text": ""})
    assert 'class="notice stop"' not in shown
    assert not Resource.objects.exists()


def test_what_was_typed_is_forgotten_when_the_editor_wants(editor):  # noqa: F811
    preview(editor, "/admin/guide/preview/", **GUIDE)
    assert FormState.objects.count() == 1
    editor.delete("/admin/guide/preview/")
    assert not FormState.objects.exists()


def test_preview_is_the_editors_alone(editor, client, staff, places):  # noqa: F811
    near, far = factories.guide(places.town), factories.guide(places.far)
    preview(editor, "/admin/guide/preview/", **GUIDE | {"title": "只有我看"})
    assert client.get(f"/admin/guide/preview/{near.pk}/").status_code == 200
    assert client.get(f"/admin/guide/preview/{far.pk}/").status_code == 404
    another = factories.person("another_editor")
    factories.tenure(another, "editor", places.town)
    client.force_login(another)
    assert "只有我看" not in client.get("/admin/guide/preview/").content.decode()
    client.force_login(staff.town_coordinator)
    paths = ("/admin/guide/preview/", f"/admin/guide/preview/{near.pk}/", "/admin/resource/preview/")
    assert {client.get(path).status_code for path in paths} == {403}
    assert {client.post(path).status_code for path in paths} == {403}
    client.logout()
    assert {client.get(path).status_code for path in paths} == {302}


def test_new_form_begins_today_and_with_the_editors_area(editor):  # noqa: F811
    form = editor.get("/admin/guide/new/").context["form"]
    assert form["area"].value() == "990001100"
    assert form["valid_from"].value() == timezone.localdate()
