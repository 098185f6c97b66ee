"""What an article says about itself to whoever shares or indexes it."""

import io
import json
import re
from datetime import timedelta

import pytest
from django.core.files.base import ContentFile
from django.utils import timezone
from PIL import Image as Picture
from wagtail.images import get_image_model

from shiliu.channel.public.head import embedded, pictures
from tests import factories

SITE = "http://127.0.0.1:8000"
NASTY = "</script><script>alert(1)</script><!-- & \u2028"


@pytest.fixture
def column(places):
    return factories.column(places.east)


def block(client, page) -> tuple[str, dict]:
    shown = client.get(page.url).content.decode()
    found = re.search(r'<script type="application/ld\+json">(.*?)</script>', shown, re.S)
    return shown, json.loads(found[1])


def test_article_says_what_it_is(client, column):
    page = factories.article(column, "a-1", title="路灯修好了", summary="三号楼前的。", live=False)
    page.save_revision().publish()
    page.refresh_from_db()
    shown, data = block(client, page)
    assert data["@type"] == "NewsArticle"
    assert data["headline"] == "路灯修好了"
    assert (data["inLanguage"], data["datePublished"]) == ("zh-Hans", factories.DAY.isoformat())
    assert data["dateModified"].startswith(f"{page.last_published_at:%Y}")
    assert data["publisher"]["name"] == data["author"]["name"] == "测试town"
    assert data["mainEntityOfPage"] == f"{SITE}{page.url}"
    assert f'<link rel="canonical" href="{SITE}{page.url}">' in shown
    for name, content in {
        "og:title": "路灯修好了", "og:description": "三号楼前的。", "og:type": "article",
        "og:url": f"{SITE}{page.url}", "og:locale": "zh_CN", "og:image": f"{SITE}/static/channel/share.png",
    }.items():  # fmt: skip
        assert f'<meta property="{name}" content="{content}">' in shown


def test_versions_name_each_other(client, column):
    page = factories.article(column, "a-1")
    uyghur = factories.article(column, "a-1-ug", language="ug", original=page)
    assert block(client, page)[1]["workTranslation"] == [{"@id": f"{SITE}{uyghur.url}"}]
    shown, data = block(client, uyghur)
    assert data["translationOfWork"] == {"@id": f"{SITE}{page.url}"}
    assert '<meta property="og:locale" content="ug_CN">' in shown
    assert '<meta property="og:locale:alternate" content="zh_CN">' in shown
    alternates = re.findall(r'<link rel="alternate" hreflang="([^"]+)" href="([^"]+)">', shown)
    original = f"{SITE}{page.url}"
    assert alternates == [("zh-Hans", original), ("ug", f"{SITE}{uyghur.url}"), ("x-default", original)]
    for address in {address for _language, address in alternates}:  # each names all of them, itself too
        again = client.get(address.removeprefix(SITE)).content.decode()
        assert re.findall(r'<link rel="alternate" hreflang="([^"]+)" href="([^"]+)">', again) == alternates


def test_article_in_one_language_names_no_other(client, column):
    shown, _data = block(client, factories.article(column, "a-1"))
    assert "hreflang" not in shown
    assert "locale:alternate" not in shown


def test_article_that_is_dated_ahead_was_not_changed_before_it_came_out(client, column):
    day = timezone.localdate() + timedelta(days=2)
    page = factories.article(column, "a-1", published_on=day, live=False)
    page.save_revision().publish()
    _shown, data = block(client, page)
    assert data["datePublished"] == data["dateModified"] == day.isoformat()


def test_no_title_ends_the_data_block(client, column):
    shown, data = block(client, factories.article(column, "a-1", title=NASTY, summary=NASTY))
    assert (data["headline"], data["description"]) == (NASTY, NASTY)
    assert "<script>alert" not in shown
    assert "<!--" not in shown


def test_data_block_has_no_markup_of_its_own():
    inside = (
        embedded({"a": NASTY}).removeprefix('<script type="application/ld+json">').removesuffix("</script>")
    )
    assert not set(inside) & set("<>&\u2028")


def picture_of(width: int):
    file = io.BytesIO()
    Picture.new("RGB", (width, width), "#a3182f").save(file, "PNG")
    return get_image_model().objects.create(title="x", file=ContentFile(file.getvalue(), f"{width}.png"))


def test_pictures_are_found_however_deep_they_stand(db, settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path
    one, two = picture_of(10), picture_of(20)
    body = ["words", {"caption": "x", "picture": one}, [{"deeper": [two]}]]
    assert list(pictures(body)) == [one, two]


@pytest.mark.filterwarnings("ignore:Unclosed file:ResourceWarning")  # Wagtail leaves its working copy open
@pytest.mark.filterwarnings("ignore:Exception ignored in")
def test_shared_picture_is_the_articles_first(client, column, settings, tmp_path, monkeypatch):
    settings.MEDIA_ROOT = tmp_path
    image = picture_of(900)
    monkeypatch.setattr("shiliu.channel.public.head.pictures", lambda body: iter([image]))
    shown, _data = block(client, factories.article(column, "a-1"))
    [address] = re.findall(r'<meta property="og:image" content="([^"]+)">', shown)
    assert re.fullmatch(rf"{SITE}/media/images/900\.\S+\.jpg", address)


def test_column_and_front_are_shared_too(client, column):
    factories.article(column, "a-1")
    for path in ("/channel/", column.url):
        shown = client.get(path).content.decode()
        assert f'<link rel="canonical" href="{SITE}{path}">' in shown
        assert '<meta property="og:type" content="website">' in shown
        [picture] = re.findall(r'<meta property="og:image" content="([^"]+)">', shown)
        assert picture == f"{SITE}/static/channel/share.png"
    assert f'href="{SITE}/feed/test-column/"' in shown


def test_later_page_of_a_column_is_a_page_of_its_own(client, column, monkeypatch):
    monkeypatch.setattr("shiliu.channel.public.pages.PAGE", 1)
    for number in range(2):
        factories.article(column, f"a-{number}")
    further = client.get(column.url).context["listed"].next
    for query, canonical in ((further, further), (f"{further}&x=1", further), ("?after=%22%3E", "")):
        shown = client.get(f"{column.url}{query}").content.decode()
        assert f'<link rel="canonical" href="{SITE}{column.url}{canonical}">' in shown
        assert f'<meta property="og:url" content="{SITE}{column.url}{canonical}">' in shown


def test_printed_page_names_its_address_and_the_day(client, column):
    page = factories.article(column, "a-1")
    shown = client.get(page.url, headers={"accept-language": "en"}).content.decode()
    assert f'<p class="print-only">Printed from {SITE}{page.url} on 20' in shown


@pytest.mark.parametrize("n", [1, 3])
def test_queries_of_an_article_do_not_grow_with_its_versions(client, column, django_assert_num_queries, n):
    page = factories.article(column, "a-1")
    for language in ("ug", "ko", "en")[:n]:
        factories.article(column, f"a-{language}", language=language, original=page)
    client.get(page.url)
    with django_assert_num_queries(17):
        client.get(page.url)
