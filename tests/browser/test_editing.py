"""An editor types an article of many blocks, three people review it, and readers have it."""

import datetime
import re
from decimal import Decimal
from io import BytesIO
from zoneinfo import ZoneInfo

import pytest
from PIL import Image
from playwright.sync_api import FrameLocator, Page

from tests.browser.conftest import DESK, Windows, follow
from tests.helpers import wait_for

pytestmark = pytest.mark.browser

ALT = "红顶的新垃圾房，门朝东"


def articles(page: Page, period: str) -> Decimal:
    page.goto(f"/report/{period}/")
    return Decimal(page.locator("[data-figure='channel.articles']").inner_text())


def approve(page: Page) -> None:
    page.locator("footer [data-w-dropdown-target=toggle]").click()
    with page.expect_navigation():
        page.locator("[data-workflow-action-name=approve]:not([data-workflow-action-modal-url])").click()


def begin(page: Page) -> None:
    """The form of a new article, by clicks from the console on."""
    follow(page, "main a[href='/admin/']")
    page.goto("/admin/pages/")
    column = page.locator("a[href$='/edit/']", has_text="基层动态").get_attribute("href")
    page.goto(column.removesuffix("edit/"))
    page.goto(page.locator("a[href$='/add_subpage/']").first.get_attribute("href"))


def add(page: Page, block: str) -> None:
    """Add a block at the end, by its name in English."""
    there = page.locator("[name^=body-][name$=-type]").count()
    page.locator(".c-sf-add-button").last.click()
    page.get_by_role("option", name=re.compile(f"^{block}$")).click()
    wait_for(lambda: page.locator("[name^=body-][name$=-type]").count() == there + 1, 10)


def choose_activity(page: Page, at: str, words: str) -> str:
    """Look for an activity by words, take it, and what the form says then."""
    page.locator(f"#{at}-chooser .unchosen [data-chooser-action-choose]").click()
    choices = page.locator(".modal [data-chooser-modal-choice]")
    choices.first.wait_for()
    many = choices.count()
    page.locator(".modal [name=q]").fill(words)
    wait_for(lambda: 0 < choices.count() < many, 10)
    choices.first.click()
    page.locator(".modal").wait_for(state="detached")
    return page.locator(f"#{at}-title").inner_text()


def upload_picture(page: Page, at: str) -> None:
    content = BytesIO()
    Image.new("RGB", (800, 600), (150, 60, 50)).save(content, "PNG")
    page.locator(f"#{at}-chooser .unchosen [data-chooser-action-choose]").click()
    page.locator("#tab-label-upload").click()
    file = {"name": "house.png", "mimeType": "image/png", "buffer": content.getvalue()}
    page.locator("#id_image-chooser-upload-file").set_input_files([file])
    page.locator("#id_image-chooser-upload-title").fill("垃圾房")
    page.locator("#tab-upload [type=submit]").click()
    page.locator(".modal").wait_for(state="detached")


def fill_table(page: Page, at: str) -> None:
    page.locator(f"[name={at}-caption]").fill("开放时间")
    for n, title in enumerate(("早", "晚")):
        page.get_by_role("button", name="Add column" if n == 0 else "Insert column", exact=False).last.click()
        if page.get_by_role("button", name="words", exact=True).is_visible():
            page.get_by_role("button", name="words", exact=True).click()
        page.locator(f"[name={at}-column-{n}-heading]").fill(title)
    page.get_by_role("button", name="Add row").click()
    for n, words in enumerate(("06:00–09:00", "18:00–21:00")):
        page.locator(f"[name={at}-cell-0-{n}]").fill(words)


def rested(page: Page) -> None:
    """Wagtail saves and draws a preview as one types; a button that is pressed meanwhile may be lost."""
    page.wait_for_load_state("networkidle")


def save(page: Page) -> None:
    rested(page)
    with page.expect_navigation():
        page.locator("footer .action-save").first.click()


def submit(page: Page) -> None:
    rested(page)
    page.locator("footer [data-w-dropdown-target=toggle]").click()
    assert page.locator("[name=action-publish]").count() == 0
    with page.expect_navigation():
        page.locator("[name=action-submit]").click()


def preview(page: Page) -> FrameLocator:
    page.locator("[data-side-panel-toggle=preview]").click()
    page.locator("#w-preview-iframe").wait_for()
    return page.frame_locator("#w-preview-iframe")


def test_editor_and_three_reviewers_publish_an_article(visit: Windows):
    title, today = "测试：垃圾房改到东门", datetime.datetime.now(ZoneInfo("Asia/Shanghai")).date()
    reader = visit("/channel/grass-roots/")
    before = articles(reader, str(today.year)), articles(reader, "2023H1")

    # Wagtail saves as one types; what is not complete yet, it refuses.
    page = visit("/console/", by="editor", width=DESK, language="en", forgive="/admin/pages/")
    page.set_default_timeout(60_000)  # the heaviest page there is
    begin(page)
    page.locator("[name=title]").fill(title)
    assert page.locator("[name=area]").input_value() == "150203100"  # where the column lies
    assert page.locator("[name=published_on]").input_value() == str(today)
    page.locator("[name=summary]").fill("新的垃圾房在东门内，全天开放。")
    add(page, "paragraph")
    page.locator("[name=body-0-value]").fill("早上六点开门。")
    add(page, "quotation")
    page.locator("[name=body-1-value-text]").fill("近多了。")
    page.locator("[name=body-1-value-source]").fill("三号楼居民")
    add(page, "activity card")
    assert choose_activity(page, "body-2-value-code", "太极").startswith("太极晨练 · ")
    assert page.locator("[name=body-2-value-code]").input_value() == "E02"
    add(page, "table")
    fill_table(page, "body-3-value")
    add(page, "picture")
    upload_picture(page, "body-4-value-image")

    save(page)
    assert page.url.endswith("/edit/")
    edit, address = page.url, f"/channel/grass-roots/{page.locator('[name=code]').input_value()}/"
    submit(page)
    assert page.locator("#body-4-value-alt-errors").inner_text().strip()  # no picture without its words
    assert page.locator("[name=body-0-value]").input_value() == "早上六点开门。"
    page.locator("[name=body-4-value-alt]").fill(ALT)
    save(page)
    assert reader.request.get(address).status == 404
    shown = preview(page)
    shown.locator(f"article img[alt='{ALT}']").wait_for()
    assert shown.locator("body").evaluate("() => innerWidth") == 390
    assert shown.locator("html").evaluate("it => it.scrollWidth <= it.clientWidth")

    submit(page)
    for reviewer in ("review-first", "review-second", "review-final"):
        assert reader.request.get(address).status == 404
        approve(visit(edit, by=reviewer, width=DESK))

    reader.wait_for_timeout(1000)  # so long readers may be given the page as it was before
    reader.goto("/channel/grass-roots/")
    follow(reader, f"a:text('{title}')")
    article = reader.locator("article")
    for words in (
        "新的垃圾房在东门内，全天开放。",
        "早上六点开门。",
        "近多了。",
        "三号楼居民",
        "开放时间",
        "18:00–21:00",
    ):
        assert words in article.inner_text()
    follow(reader, "article aside.card a:text('太极晨练')")
    reader.go_back()
    picture = reader.locator(f"article img[alt='{ALT}']")
    picture.scroll_into_view_if_needed()
    wait_for(lambda: picture.evaluate("it => it.complete && it.naturalWidth > 0"), 10)
    assert (articles(reader, str(today.year)), articles(reader, "2023H1")) == (before[0] + 1, before[1])
