"""What is found of articles: the words of every kind of block, in every language, each version by its own."""

import html
import re
from types import SimpleNamespace

import pytest
from wagtail.blocks import CharBlock, ListBlock, RichTextBlock, StreamBlock, StructBlock

from shiliu.channel.findable import _text
from tests import factories


def published(column, code, **values):
    page = factories.article(column, code, live=False, **values)
    page.save_revision().publish()
    return page


@pytest.fixture
def versions(places):
    column = factories.column(places.east)
    chinese = published(column, "lamps", title="路灯修好了", body=[("paragraph", "三号楼前的石榴花")])
    ug = {
        "language": "ug",
        "original": chinese,
        "summary": "",
        "body": [("paragraph", "كوچا چىراغلىرى رېمونت قىلىندى")],
    }
    mongolian = {"language": "mn-Mong", "original": chinese, "body": [("paragraph", "ᠬᠦᠮᠦᠨ ᠪᠦᠷ")]}
    published(column, "lamps-ug", title="چىراغلار", **ug)
    published(column, "lamps-mn", title="ᠭᠡᠷᠡᠯ", **mongolian)


def found(client, text: str) -> list[tuple[str, str]]:
    """(language, title) of the articles that are found."""
    shown = html.unescape(client.get("/search/", {"q": text, "kind": "articles"}).content.decode())
    items = re.findall(r'<li lang="([^"]*)" dir="auto"><a [^>]*>(.*?)</a>', shown, re.S)
    return [(language, re.sub(r"<[^>]*>", "", title).strip()) for language, title in items]


@pytest.mark.parametrize(
    ("text", "language", "title"),
    [
        ("石榴花", "zh-Hans", "路灯修好了"),
        ("路灯", "zh-Hans", "路灯修好了"),
        ("رېمونت", "ug", "چىراغلار"),
        ("ᠬᠦᠮᠦᠨ", "mn-Mong", "ᠭᠡᠷᠡᠯ"),
    ],
)
def test_each_version_is_found_by_its_own_words_and_says_its_language(
    client, versions, text, language, title
):
    assert found(client, text) == [(language, title)]


def test_words_of_every_kind_of_block_are_indexed():
    block = StreamBlock([
        ("rich", RichTextBlock()),
        ("card", StructBlock([("heading", CharBlock()), ("points", ListBlock(CharBlock()))])),
    ])  # fmt: skip
    value = block.to_python(
        [
            {"type": "rich", "value": "<p>三号楼<b>前</b></p>"},
            {"type": "card", "value": {"heading": "办法", "points": ["打电话", "来窗口"]}},
        ]
    )
    words = _text(SimpleNamespace(summary="摘要", body=value))
    assert words.splitlines()[0] == "摘要"
    for part in ("三号楼前", "办法", "打电话", "来窗口"):
        assert part in words
    assert "<" not in words
