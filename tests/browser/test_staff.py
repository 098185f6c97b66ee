"""Staff sign in, are kept out where they should be, and publish an article."""

import datetime
from decimal import Decimal

import pytest
from playwright.sync_api import Page

from tests.browser.conftest import DESK, Site, Windows, follow, sign_in

pytestmark = pytest.mark.browser

LOGIN = "/accounts/login/"


def is_signed_in(page: Page) -> bool:
    return page.locator("form[action='/accounts/logout/']").count() == 1


def complaint(page: Page) -> str:
    return page.locator(".errorlist").inner_text()


def test_wrong_then_right_password_then_out(visit: Windows, site: Site):
    page = visit("/console/", script=False)
    assert page.url.endswith(f"{LOGIN}?next=/console/")

    sign_in(page, "grid001", "wrong")
    assert complaint(page)
    assert not is_signed_in(page)

    sign_in(page, "grid001", site.passwords["grid001"])
    assert page.url.endswith("/console/")
    assert page.locator("tbody tr").count() == 1  # the posts of today
    assert "召庙社区第1网格" in page.locator("tbody").inner_text()

    page.locator(
        ".side-top .menu"
    ).click()  # on a phone the navigation opens by a button, also without script
    follow(page, "form[action='/accounts/logout/'] button")
    assert not is_signed_in(page)
    page.goto("/console/")
    assert LOGIN in page.url


def test_five_wrong_passwords_lock_even_for_the_right_one(visit: Windows, site: Site):
    page = visit(LOGIN, language="en")
    for _ in range(5):
        sign_in(page, "leader", "wrong")
    wrong = complaint(page)

    sign_in(page, "leader", site.passwords["leader"])

    assert not is_signed_in(page)
    assert "Too many failed" in complaint(page) != wrong
    page.goto("/console/")
    assert LOGIN in page.url


@pytest.mark.parametrize("path", ["/admin/", "/admin/login/", "/channel/_util/login/"])
def test_there_is_one_way_in(visit: Windows, path: str):
    page = visit(path)

    assert page.url.split("?")[0].endswith(LOGIN)


def test_admin_is_closed_without_the_right(visit: Windows):
    page = visit("about:blank", by="coord-town")

    answer = page.goto("/admin/")

    assert answer.status == 403
    assert page.locator("main h1").is_visible()
    assert page.locator("main p").first.inner_text()
    follow(page, "main a.button")
    assert page.url.endswith("/")


def articles(page: Page, period: str) -> Decimal:
    page.goto(f"/report/{period}/")
    return Decimal(page.locator("[data-figure='channel.articles']").inner_text())


def approve(page: Page) -> None:
    page.locator("footer [data-w-dropdown-target=toggle]").click()
    with page.expect_navigation():
        page.locator("[data-workflow-action-name=approve]:not([data-workflow-action-modal-url])").click()


def test_editor_and_three_reviewers_publish_an_article(visit: Windows):
    title, today = "测试：垃圾房改到东门", datetime.datetime.now(datetime.UTC).date()
    reader = visit("/channel/grass-roots/")
    before = articles(reader, str(today.year)), articles(reader, "2023H1")
    assert title not in visit("/channel/grass-roots/").locator("main").inner_text()

    # Wagtail saves as one types; what is not complete yet, it refuses.
    page = visit("/console/", by="editor", width=DESK, forgive="/admin/pages/add/")
    follow(page, "main a[href='/admin/']")
    page.goto("/admin/pages/")
    column = (
        page.locator("a[href$='/edit/']", has_text="基层动态").get_attribute("href").removesuffix("edit/")
    )
    page.goto(column)
    page.goto(page.locator("a[href$='/add_subpage/']").first.get_attribute("href"))
    page.locator("[name=title]").fill(title)
    page.locator("[name=area]").select_option("150203100")
    page.locator("[name=published_on]").fill(str(today))
    page.keyboard.press("Escape")  # the calendar would lie over the buttons
    page.locator("[name=title]").click()
    page.locator("[name=summary]").fill("新的垃圾房在东门内，全天开放。")
    page.locator("[name=code]").fill("test-bin-house")
    page.locator("footer [data-w-dropdown-target=toggle]").click()
    assert page.locator("[name=action-publish]").count() == 0
    page.locator("[name=action-submit]").click()
    page.wait_for_url(f"**{column}")
    edit = page.locator("a[href$='/edit/']", has_text=title).first.get_attribute("href")

    for reviewer in ("review-first", "review-second", "review-final"):
        assert reader.request.get("/channel/grass-roots/test-bin-house/").status == 404
        approve(visit(edit, by=reviewer, width=DESK))

    reader.wait_for_timeout(1000)  # so long readers may be given the page as it was before
    reader.goto("/channel/grass-roots/")
    follow(reader, f"a:text('{title}')")
    assert "新的垃圾房在东门内，全天开放。" in reader.locator("article").inner_text()
    assert (articles(reader, str(today.year)), articles(reader, "2023H1")) == (before[0] + 1, before[1])
