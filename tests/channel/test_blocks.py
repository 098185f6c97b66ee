"""What an article is made of: shown as it is meant, and harmless whatever stands in the database."""

import json

import pytest
from django.core.exceptions import ValidationError
from hypothesis import example, given
from hypothesis import strategies as st
from wagtail.blocks import StreamValue

from shiliu.channel.blocks import Body, clean_html
from shiliu.channel.bodies import body_of, text_of, with_text
from shiliu.channel.models import ArticlePage
from tests import factories
from tests.channel.conftest import said

pytestmark = [pytest.mark.django_db, pytest.mark.once]


@pytest.fixture
def column(places):
    return factories.column(places.east)


@pytest.fixture
def shown(client, column):
    """What readers see of an article with these raw blocks, straight from the database."""

    def show(*blocks: dict) -> str:
        page = factories.article(column, f"a-{ArticlePage.objects.count()}", body=json.dumps(list(blocks)))
        response = client.get(page.url)
        assert response.status_code == 200
        return said(response).split("</h1>")[1].split("<footer")[0]

    return show


def block(kind: str, value) -> dict:
    return {"type": kind, "value": value}


EVIL = "<script>alert(1)</script><img src=x onerror=alert(2)>"


# Words ----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "source",
    [
        "<p onclick='x()'>字</p>",
        "<script>x()</script>字",
        "<img src=x onerror=x()>字",
        "<a href='javascript:x()'>字</a>",
        "<a href='java\tscript:x()'>字</a>",
        "<a href='data:text/html,<script>x()</script>'>字</a>",
        "<svg><script>x()</script></svg>字",
        "<math><mtext></mtext><style>x{}</style></math>字",
        "<iframe srcdoc='<script>x()</script>'></iframe>字",
        "<embed embedtype='media' url='https://a.example/x'/>字",
        "<p style='position:fixed' class='card' id='main'>字</p>",
        "<form action='/x'><input name=y></form>字",
        "<!-- <script>x()</script> -->字",
    ],
)
def test_rich_text_is_reduced_to_its_words(source):
    html = clean_html(source)
    assert "字" in html
    lowered = html.lower()
    for bad in ("script", "onerror", "onclick", "x()", "data:", "style", "class=", "id=", "iframe", "embed",
                "<input", "<form", "<img"):  # fmt: skip
        assert bad not in lowered


def test_rich_text_keeps_what_it_is_made_of():
    kept = '<h2>一</h2><p><b>粗</b><i>斜</i><br/><a href="https://a.example/">链</a></p><ul><li>点</li></ul><hr/>'
    assert clean_html(kept) == kept


# Of a text such as “http:” the parser says that it may have been meant as an address.
@pytest.mark.filterwarnings("ignore::bs4.MarkupResemblesLocatorWarning")
@example("http:")
@given(st.text(alphabet="<>/=\"'& abps:cript\t\nonerrhf()", max_size=80))
def test_no_text_whatever_becomes_a_script(source):
    html = clean_html(source).lower()
    assert "<script" not in html
    assert "<img" not in html
    from bs4 import BeautifulSoup

    for tag in BeautifulSoup(html, "html.parser").find_all(True):
        assert set(tag.attrs) <= {"href"}
        assert not tag.attrs.get("href", "").strip().startswith("javascript:")


def test_rich_text_of_a_forged_form_is_reduced_on_the_page(shown):
    page = shown(block("text", f"<p>好的</p>{EVIL}<a href='javascript:x()'>点</a>"))
    assert "好的" in page
    assert "<script" not in page
    assert "onerror" not in page
    assert "javascript:" not in page


@pytest.mark.parametrize(
    "raw",
    [
        block("paragraph", EVIL),
        block("quotation", {"text": EVIL, "source": EVIL}),
        block(
            "table",
            {"columns": [{"type": "text", "heading": EVIL}], "rows": [{"values": [EVIL]}], "caption": EVIL},
        ),
        block("activity", {"code": EVIL}),
        block("figure", {"code": EVIL, "period": EVIL, "area": EVIL}),
        block("solved", {"code": EVIL}),
    ],
    ids=lambda raw: raw["type"],
)
def test_plain_words_never_become_mark_up(client, column, raw):
    page = factories.article(column, "a", body=json.dumps([raw]))
    content = client.get(page.url).content.decode()
    assert "<script>alert" not in content
    assert "<img src=x" not in content


@pytest.mark.parametrize(
    "raw",
    [
        block("picture", {"image": 999, "alt": "没有"}),
        block("picture", {"image": None, "alt": ""}),
        block("picture", {}),
        block("gallery", {"pictures": [{"image": 999}]}),
        block("video", {"file": 999, "title": "没有", "transcript": ""}),
        block("attachment", {"file": None, "title": ""}),
        block("nosuchblock", {"a": 1}),
        block("figure", {}),
        block("policy", {"code": None}),
    ],
    ids=str,
)
def test_bad_values_in_the_database_show_nothing_and_break_nothing(shown, raw):
    assert "后面" in shown(raw, block("paragraph", "后面"))


def test_table_has_a_caption_and_a_header(shown):
    table = {
        "columns": [{"type": "text", "heading": "窗口"}, {"type": "text", "heading": "时间"}],
        "rows": [{"values": ["一号", "上午"]}, {"values": ["二号", "下午"]}],
        "caption": "各窗口时间",
    }
    page = shown(block("table", table))
    assert "<caption>各窗口时间</caption>" in page
    assert '<th scope="col">窗口</th><th scope="col">时间</th>' in page
    assert "<td>二号</td><td>下午</td>" in page


def cleaned(kind: str, value):
    made = Body().child_blocks[kind]
    return made.clean(made.to_python(value))


@pytest.mark.parametrize(
    ("kind", "value"),
    [
        ("quotation", {"text": "话", "source": ""}),
        ("table", {"columns": [{"type": "text", "heading": "一"}], "rows": [], "caption": " "}),
        ("table", {"columns": [{"type": "text", "heading": " "}], "rows": [], "caption": "题"}),
        ("picture", {"image": None, "alt": "字"}),
        ("activity", {"code": "GONE"}),
        ("policy", {"code": "anything"}),
        ("figure", {"code": "works.sewer_laid", "period": "2023H9"}),
        ("figure", {"code": "no.figure"}),
    ],
)
def test_what_is_missing_is_asked_for(places, kind, value):
    with pytest.raises(ValidationError):
        cleaned(kind, value)


def test_wrong_period_of_a_figure_is_told_where_it_stands(places):
    for period in ("", "to-date", "2023H1", "2023-05", "2023-01-01..2023-03-31"):
        cleaned("figure", {"code": "works.sewer_laid", "period": period})
    with pytest.raises(ValidationError) as refused:
        cleaned("figure", {"code": "works.sewer_laid", "period": "2023H9"})
    assert "“2023H9”" in refused.value.block_errors["period"].messages[0]


def test_file_of_another_kind_is_refused_with_a_sentence(places):
    from tests.channel.test_files import document

    pdf = document("说明.pdf")
    with pytest.raises(ValidationError) as refused:
        cleaned("video", {"title": "片", "transcript": "词", "file": pdf.pk})
    sentence = refused.value.block_errors["file"].messages[0]
    assert "说明" in sentence or "pdf" in sentence
    assert "mp4, webm" in sentence


# The import -----------------------------------------------------------------------------------------------

texts = st.text(st.characters(exclude_categories=["Cs"]), max_size=200)


def stream(raw: list[dict]) -> StreamValue:
    return Body().to_python(raw)


@given(texts)
def test_text_and_body_are_inverse(text):
    assert text_of(ArticlePage(body=body_of(text)).body) == text


@given(texts, texts)
def test_new_text_takes_the_place_of_the_old_and_other_blocks_stay(old, new):
    quotation = block("quotation", {"text": "话", "source": "某"})
    before = ArticlePage(body=body_of(old))
    raw = [quotation, *before.body.get_prep_value(), quotation]
    after = stream(with_text(raw, new))
    assert "\n\n".join(it.value for it in after if it.block_type == "paragraph") == new
    assert [it.block_type for it in after].count("quotation") == 2
    assert after[0].block_type == "quotation"


def test_body_is_found_by_its_words_in_whatever_block(column):
    from shiliu.channel.blocks import words_of

    body = stream([
        block("paragraph", "垃圾房"), block("text", "<p>分类<b>投放</b></p>"),
        block("quotation", {"text": "请分类", "source": "居委会"}),
        block("video", {"title": "演示", "transcript": "先看桶的颜色", "file": None}),
    ])  # fmt: skip
    words = words_of(body)
    assert all(word in words for word in ("垃圾房", "投放", "请分类", "居委会", "先看桶的颜色"))
    assert "<" not in words
