"""Export and import carry an article's whole body with its files, and refuse what no editor could type."""

import json

import pytest
from django.core.files.storage import default_storage
from hypothesis import given
from hypothesis import strategies as st
from wagtail.documents.models import Document
from wagtail.images.models import Image

from shiliu.channel import bodies
from shiliu.channel.blocks import Body
from shiliu.channel.models import ArticlePage
from shiliu.core.access import System
from shiliu.core.exchange.dump import dump
from shiliu.core.exchange.load import Import
from tests import factories
from tests.channel.test_files import document, media, picture  # noqa: F401

pytestmark = [
    pytest.mark.django_db,
    # Wagtail leaves the file in which it writes a picture anew to the garbage collector.
    pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning"),
]


@pytest.fixture
def column(places):
    return factories.column(places.east)


def whole(column) -> ArticlePage:
    one, two = picture(), picture()
    files = {end: document(f"文件.{end}", end.encode()).pk for end in ("pdf", "mp3", "mp4")}
    said = {"title": "听", "transcript": "词"}
    blocks = [
        ("paragraph", "一\n\n二"),
        ("picture", {"image": one.pk, "alt": "垃圾房", "caption": ""}),
        ("paragraph", "三"),
        ("text", "<h2>题</h2><p>字</p>"),
        (
            "gallery",
            {
                "title": "前后",
                "pictures": [{"image": it.pk, "alt": "图", "caption": ""} for it in (one, two)],
            },
        ),
        ("quotation", {"text": "话", "source": "某"}),
        (
            "table",
            {
                "columns": [{"type": "text", "heading": "早"}],
                "rows": [{"values": ["六点"]}],
                "caption": "时间",
            },
        ),
        ("audio", said | {"file": files["mp3"]}),
        ("video", said | {"file": files["mp4"]}),
        ("attachment", {"title": "表", "file": files["pdf"]}),
        ("activity", {"code": "LATER"}),
        ("figure", {"code": "works.sewer_laid", "period": "", "area": ""}),
    ]
    raw = json.dumps([{"type": kind, "value": value} for kind, value in blocks])
    page = factories.article(column, "a-1", body=raw)
    page.save_revision().publish()
    return page


def load(folder, **options) -> tuple[list[str], Import]:
    loading = Import(folder, by=System("import"), **options)
    return [str(each) for each in loading.run()], loading


def forget() -> None:
    """As on another install: neither article nor files."""
    for page in ArticlePage.objects.all():
        page.delete()
    for model in (Image, Document):
        for it in model.objects.all():
            it.file.storage.delete(it.file.name)
            it.delete()


def test_article_of_every_block_comes_back_with_its_files(
    column, client, tmp_path, django_capture_on_commit_callbacks
):
    before, first = whole(column), tmp_path / "first"
    layout, text = bodies.layout_of(before.body), bodies.text_of(before.body)
    dump(first, by=System("export"), language="en")
    assert sorted(path.name for path in first.glob("files/*/*")) == sorted(
        path.rpartition("/")[2]
        for model in (Image, Document)
        for path in model.objects.values_list("file", flat=True)
    )
    assert all(path.stat().st_mode & 0o077 == 0 for path in first.glob("files/*/*"))
    forget()
    with django_capture_on_commit_callbacks(execute=True):
        assert load(first)[0] == []
    after = ArticlePage.objects.get()
    assert json.loads(bodies.layout_of(after.body)) == json.loads(layout)
    assert bodies.text_of(after.body) == text
    assert [block.block_type for block in after.body][:5] == [
        "paragraph",
        "paragraph",
        "picture",
        "paragraph",
        "text",
    ]
    assert client.get(after.url).status_code == 200
    assert all(
        default_storage.exists(it.file.name) for model in (Image, Document) for it in model.objects.all()
    )
    assert {(it.width, it.height) for it in Image.objects.all()} == {(40, 30)}
    second = tmp_path / "second"
    dump(second, by=System("export"), language="en")
    assert (second / "articles.csv").read_text() == (first / "articles.csv").read_text()
    loading = load(second)[1]
    assert (loading.counts["articles"].unchanged, loading.counts["articles"].changed) == (1, 0)


def test_dry_run_leaves_neither_rows_nor_files(column, tmp_path, django_capture_on_commit_callbacks):
    whole(column)
    dump(tmp_path, by=System("export"), language="en")
    forget()
    with django_capture_on_commit_callbacks(execute=True):
        assert load(tmp_path, dry_run=True)[0] == []
    assert not ArticlePage.objects.exists()
    assert not Image.objects.exists()
    assert (
        not default_storage.exists("original_images") or default_storage.listdir("original_images")[1] == []
    )


def rows(folder, area: str, **cells: str) -> None:
    names = ["code", "column", "area", "title", "published_on", *cells]
    import csv

    with (folder / "articles.csv").open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(names)
        writer.writerow(["n-1", "test-column", area, "题", "2024-01-10", *cells.values()])


@pytest.mark.parametrize(
    ("blocks", "says"),
    [
        ("{}", "no list of blocks"),
        ("[1]", "Block 1 is of no kind"),
        ("[[", "no list of blocks"),
        ("[" * 9999, "no list of blocks"),
        ('[{"type": "html", "value": "<script>"}]', "Block 1 is of no kind"),
        ('["paragraph", {"type": "quotation", "value": {"text": "话"}}]', "Block 2 (quotation)"),
        ('[{"type": "quotation", "value": 7}]', "Block 1 holds something else"),
        ('[{"type": "gallery", "value": {"title": "", "pictures": []}}]', "Between 2 and 30"),
        ('[{"type": "picture", "value": {"image": "gone.png", "alt": "图"}}]', "not in files/pictures"),
        (
            '[{"type": "picture", "value": {"image": "../../etc/passwd.png", "alt": "图"}}]',
            "not in files/pictures",
        ),
        ('[{"type": "picture", "value": {"image": "x.svg", "alt": "图"}}]', "cannot be used here"),
        (
            '[{"type": "picture", "value": {"image": "broken.png", "alt": "图"}}]',
            "no picture that can be read",
        ),
        ('[{"type": "picture", "value": {"image": 1, "alt": "图"}}]', "cannot be used here"),
        ('[{"type": "attachment", "value": {"title": "表", "file": "page.html"}}]', "cannot be used here"),
        ('[{"type": "table", "value": {"columns": [], "rows": [], "caption": ""}}]', "caption"),
        (json.dumps([{"type": "figure", "value": {"code": "works.sewer_laid"}}] * 13), "at most 12 figures"),
        (json.dumps(["paragraph"] * 301), "at most 300 blocks"),
    ],
)
def test_what_no_editor_could_have_typed_is_refused_with_the_block_it_is(
    column, tmp_path, settings, blocks, says
):
    settings.LANGUAGE_CODE = "en"
    (tmp_path / "files" / "pictures").mkdir(parents=True)
    (tmp_path / "files" / "pictures" / "broken.png").write_bytes(b"\x89PNG no")
    rows(tmp_path, column.area_id, body="", blocks=blocks)
    from django.utils import translation

    with translation.override("en"):
        problems, _loading = load(tmp_path)
    assert len(problems) == 1
    assert says in problems[0]
    assert not ArticlePage.objects.exists()


def test_picture_needs_its_words_also_in_a_file(column, tmp_path):
    whole(column)
    dump(tmp_path, by=System("export"), language="en")
    text = (tmp_path / "articles.csv").read_text("utf-8-sig").replace("垃圾房", "")
    (tmp_path / "articles.csv").write_text(text, "utf-8")
    [problem] = load(tmp_path)[0]
    assert "picture" in problem or "图片" in problem


def test_file_without_the_column_changes_the_words_and_keeps_all_else(column, tmp_path):
    page = whole(column)
    rows(tmp_path, column.area_id, body="新\n\n词")
    text = (
        (tmp_path / "articles.csv").read_text("utf-8").replace("n-1", "a-1").replace("题,", f"{page.title},")
    )
    (tmp_path / "articles.csv").write_text(text.replace("2024-01-10", str(page.published_on)), "utf-8")
    assert load(tmp_path)[0] == []
    page.refresh_from_db()
    assert bodies.text_of(page.body) == "新\n\n词"
    assert len([block for block in page.body if block.block_type != "paragraph"]) == 10


kinds = st.sampled_from(
    [{"type": "quotation", "value": {"text": "话", "source": "某"}}, {"type": "text", "value": "<p>字</p>"}]
)
paragraphs = st.text("字a\n ", max_size=20).map(lambda text: {"type": "paragraph", "value": text})


@given(st.lists(paragraphs | kinds, max_size=8))
def test_words_and_layout_say_the_whole_body(raw):
    """What is read back from both cells gives both cells again, and all other blocks in their order."""
    body = Body().to_python(raw)
    text, layout = bodies.text_of(body), bodies.layout_of(body)
    again = Body().to_python(bodies.raw_of(layout, text))
    assert bodies.text_of(again) == text
    assert bodies.layout_of(again) == layout
    if layout:
        assert bodies.checked(layout) == layout
    others = [block.block_type for block in body if block.block_type != "paragraph"]
    assert [block.block_type for block in again if block.block_type != "paragraph"] == others
