"""Pictures, sound, film and attachments: safe types, safe names, and nothing before it is published."""

import io
import json

import pytest
from django.core.files.base import ContentFile
from PIL import Image as Pixels
from wagtail.documents.models import Document
from wagtail.images.models import Image
from wagtail.models import ReferenceIndex

from shiliu.channel import files
from shiliu.channel.models import ArticlePage
from shiliu.core import giving
from tests import factories
from tests.channel.conftest import said

# Wagtail leaves the file in which it writes a picture anew to the garbage collector.
pytestmark = pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning")


@pytest.fixture(autouse=True)
def media(settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path / "media"


def document(name: str, content: bytes = b"0123456789") -> Document:
    return Document.objects.create(title=name, file=ContentFile(content, name=name))


def picture() -> Image:
    out = io.BytesIO()
    Pixels.new("RGB", (40, 30), "red").save(out, "PNG")
    return Image.objects.create(title="图", file=ContentFile(out.getvalue(), name="图.png"))


def article(column, *blocks: tuple[str, dict], live: bool = True) -> ArticlePage:
    raw = json.dumps([{"type": kind, "value": value} for kind, value in blocks])
    page = factories.article(column, "a-1", live=live, body=raw)
    ReferenceIndex.create_or_update_for_object(page)  # in life, a task of Wagtail's
    return page


@pytest.fixture
def column(places):
    return factories.column(places.east)


def attached(column, held: Document, **values) -> ArticlePage:
    return article(column, ("attachment", {"title": "附件", "file": held.pk}), **values)


@pytest.mark.parametrize(
    ("name", "kind"),
    [
        ("表格.xlsx", files.ATTACHMENT["xlsx"]),
        ("说明.pdf", "application/pdf"),
        ("a.txt", "text/plain; charset=utf-8"),
        ("page.html", "application/octet-stream"),
        ("drawing.svg", "application/octet-stream"),
        ("UPPER.PDF", "application/pdf"),
    ],
)
def test_attachment_is_saved_and_never_shown_as_a_page(client, column, name, kind):
    held = document(name, b"<script>alert(1)</script>")
    attached(column, held)
    response = client.get(held.url)
    assert response.headers["Content-Type"] == kind
    assert response.headers["Content-Disposition"].startswith("attachment; filename")
    assert response.headers["X-Content-Type-Options"] == "nosniff"
    assert "sandbox" in response.headers["Content-Security-Policy"]
    assert b"".join(response.streaming_content) == b"<script>alert(1)</script>"


@pytest.mark.parametrize(
    ("name", "shown"),
    [
        ("../../etc/passwd.pdf", "passwd.pdf"),
        ('a"; filename="b.html', 'a"; filename="b.html'),
        ("发票\u202efdp.exe.pdf", "发票fdp.exe.pdf"),
        ("行\r\nSet-Cookie: a=b.pdf", "行Set-Cookie: a=b.pdf"),
        ("..\\..\\x.pdf", "x.pdf"),
        ("\u200b.", "file"),
    ],
)
def test_hostile_name_is_only_a_name(name, shown):
    assert giving.saved_name(name) == shown


def test_hostile_name_stays_in_its_header(client, column):
    held = document("好.pdf")
    Document.objects.filter(pk=held.pk).update(file=held.file.name)
    attached(column, held)
    header = client.get(held.url).headers["Content-Disposition"]
    assert "\n" not in header
    assert "filename*=utf-8''" in header.lower()


@pytest.mark.parametrize(
    ("asked", "status", "content"),
    [
        ("", 200, b"0123456789"),
        ("bytes=0-1", 206, b"01"),
        ("bytes=8-", 206, b"89"),
        ("bytes=-3", 206, b"789"),
        ("bytes=99-", 200, b"0123456789"),
        ("nonsense", 200, b"0123456789"),
    ],
)
def test_film_is_given_in_the_part_that_a_player_asks_for(client, column, asked, status, content):
    held = document("片.mp4")
    article(column, ("video", {"title": "片", "file": held.pk, "transcript": "词"}))
    response = client.get(held.url, headers={"range": asked} if asked else {})
    assert response.status_code == status
    assert response.headers["Content-Type"] == "video/mp4"
    assert response.headers["Content-Length"] == str(len(content))
    assert b"".join(response.streaming_content) == content


def test_sound_and_film_have_their_words_beside_them(client, column):
    held = document("片.mp4")
    page = article(column, ("video", {"title": "怎么分类", "file": held.pk, "transcript": "先看颜色"}))
    shown = said(client.get(page.url))
    assert f'<video controls preload="metadata" playsinline src="{held.url}"' in shown
    assert "先看颜色" in shown


@pytest.mark.parametrize(("who", "seen"), [(None, False), ("coordinator", False), ("editor", True)])
def test_file_of_a_draft_is_for_who_works_on_it(client, staff, column, who, seen):
    held = document("说明.pdf")
    attached(column, held, live=False)
    if who:
        client.force_login(getattr(staff, who))
    response = client.get(held.url)
    assert response.status_code == (200 if seen else 404)
    if seen:
        list(response.streaming_content)


def test_file_is_gone_with_its_article(client, column):
    held = document("说明.pdf")
    page = attached(column, held)
    list(client.get(held.url).streaming_content)
    page.unpublish()
    assert client.get(held.url).status_code == 404


def test_file_that_is_not_there_any_more_is_404(client, column):
    held = document("说明.pdf")
    attached(column, held)
    held.file.storage.delete(held.file.name)
    assert client.get(held.url).status_code == 404


def test_picture_is_shown_with_its_words(client, column):
    page = article(column, ("picture", {"image": picture().pk, "alt": "红色的垃圾房", "caption": "三号楼"}))
    shown = said(client.get(page.url))
    assert 'alt="红色的垃圾房"' in shown
    address = shown.split('src="/media/')[1].split('"')[0]
    response = client.get(f"/media/{address}")
    assert response.headers["Content-Type"] == "image/png"
    assert response.headers["X-Content-Type-Options"] == "nosniff"
    assert b"".join(response.streaming_content).startswith(b"\x89PNG")


@pytest.mark.parametrize("name", ["none.png", "..%2Fdocuments%2Fa.png", "x.svg", "x.html", ".png"])
def test_nothing_else_lies_below_the_pictures_address(client, db, name):
    assert client.get(f"/media/images/{name}").status_code == 404


def test_gallery_has_words_for_each_picture(client, column):
    two = [{"image": picture().pk, "alt": f"图{n}", "caption": ""} for n in (1, 2)]
    page = article(column, ("gallery", {"title": "改造前后", "pictures": two}))
    shown = said(client.get(page.url))
    assert 'alt="图1"' in shown
    assert 'alt="图2"' in shown
    assert "改造前后" in shown


def test_hostile_kinds_are_not_taken_at_upload(client, staff, column):
    from django.core.files.uploadedfile import SimpleUploadedFile

    from shiliu.console.wagtail import sync

    sync(staff.editor)
    client.force_login(staff.editor)
    for name in ("x.html", "x.svg", "x.pdf.exe", "x"):
        file = SimpleUploadedFile(name, b"<script>alert(1)</script>")
        client.post("/admin/documents/add/", {"title": name, "file": file, "tags": ""})
    assert not Document.objects.exists()
    file = SimpleUploadedFile("x.pdf", b"%PDF-1.7")
    client.post("/admin/documents/add/", {"title": "x", "file": file, "tags": ""})
    assert Document.objects.get().filename.endswith(".pdf")
