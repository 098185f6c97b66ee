"""“Report an error” on each page makes a request of that kind, which says what page it is about."""

import pytest

from shiliu.requests import addresses
from shiliu.requests.models import Request
from tests import factories
from tests.channel.conftest import said

pytestmark = pytest.mark.django_db


@pytest.fixture
def article(places):
    factories.category(code="content-error", name="网站内容有误")
    return factories.article(factories.column(places.town), "a-1")


def form_of(response) -> dict[str, str]:
    form = response.context["form"]
    return {name: form[name].value() or "" for name in ("key", "words", "area", "category")}


def test_link_at_the_foot_leads_to_the_form_with_the_page_in_it_and_makes_a_request(client, article):
    page = said(client.get(article.url, headers={"accept-language": "en"}))
    address = addresses.of_error(article.url)
    assert page.count(f'href="{address}"') == 1  # below the article
    asked = client.get(address)
    sent = form_of(asked)
    assert sent["category"] == "content-error"
    assert article.url in sent["words"]
    made = client.post("/ask/", sent | {"words": sent["words"] + "日期写错了"})
    assert made.status_code == 302
    it = Request.objects.get()
    assert it.category.code == "content-error"
    assert article.url in it.words
    assert it.words.endswith("日期写错了")


def test_words_can_be_changed_before_they_are_sent(client, article):
    sent = form_of(client.get(addresses.of_error(article.url)))
    client.post("/ask/", sent | {"words": "只有这一句"})
    assert Request.objects.get().words == "只有这一句"


@pytest.mark.parametrize("path", ["/", "/report/2023H1/", "/venues/"])
def test_every_page_of_residents_has_it(client, article, path):
    assert addresses.of_error(path) in said(client.get(path))


@pytest.mark.parametrize(
    "page",
    [
        "https://evil.example/", "//evil.example/", "/no-such-page/", "/r/K7Q3MN84TD/", "/admin/",
        "/console/",
        "/accounts/login/", "/channel/<script>", "javascript:x()", "/" + "a" * 300, "", "/a b/", "/\0/",
    ],
)  # fmt: skip
def test_page_that_is_none_of_ours_or_nobodys_business_is_left_out(client, article, page):
    assert addresses.page_of_ours(page) == ""
    response = client.get("/ask/", {"category": "content-error", "page": page})
    assert response.status_code == 200
    words = response.context["form"]["words"].value() if "words" in response.context["form"].fields else ""
    assert not words


def test_receipt_is_not_in_the_link_of_its_own_page(client, places, article):
    factories.request(places.town, factories.category(code="x"), code="K7Q3MN84TD")
    page = said(client.get("/r/K7Q3MN84TD/"))
    assert "content-error" in page
    assert "page=" not in page


def test_link_is_left_out_where_no_kind_is_meant_for_it(client, article, settings):
    settings.ERROR_CATEGORY = ""
    assert "content-error" not in said(client.get(article.url))


def test_where_the_kind_is_not_offered_one_chooses_another_and_the_page_goes_along(client, places):
    factories.category(code="other")
    page = factories.article(factories.column(places.town), "a-1")
    step = said(client.get(addresses.of_error(page.url)))
    assert f'name="page" value="{page.url}"' in step
