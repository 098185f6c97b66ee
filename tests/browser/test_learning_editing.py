"""An editor writes a guide and a live session from nothing: what is wrong is said while it is typed."""

import datetime
import re
from pathlib import Path

import pytest
from django.utils import timezone
from playwright.sync_api import FrameLocator, Page, expect

from tests.browser.conftest import DESK, Windows, follow
from tests.browser.test_editing import preview

pytestmark = pytest.mark.browser

CIRCLE = """? coal 家里烧煤取暖吗？
- 是 > low
- 否 > no

? low 家里领低保吗？
- 是 > yes
- 否 > coal

= yes likely：烧煤又领低保，可以领。
= no unlikely：集中供暖的不在范围里。"""
SOON = 20_000  # milliseconds: Wagtail waits until the typing rests, and three suites share the cores
DEAD_END = CIRCLE.replace("- 否 > coal", "- 否 > nowhere")
UNANSWERED = CIRCLE.replace("- 否 > coal\n", "")
RIGHT = CIRCLE.replace("- 否 > coal", "- 否 > no")


WATCH = "addEventListener('w-unsaved:watch-edits', () => document.documentElement.dataset.watched = 'yes')"


def form(visit: Windows, name: str) -> Page:
    """A new form, once Wagtail watches what is typed into it: about two seconds after it is there."""
    page = visit(f"/admin/{name}/", by="editor", width=DESK, language="en")
    page.add_init_script(WATCH)
    follow(page, f"a[href$='/{name}/new/'] >> nth=0")
    page.wait_for_selector("html[data-watched]")
    return page


def fill(page: Page, **values: str) -> None:
    for name, value in values.items():
        page.locator(f"[name={name}]").fill(value)
        page.keyboard.press("Tab")


def save(page: Page) -> None:
    with page.expect_navigation():
        page.locator("footer button[type=submit]").first.click()


def answer(shown: FrameLocator | Page, *places: int) -> None:
    for place in places:
        shown.locator("[data-question]:visible button").nth(place).click()


def test_editor_writes_a_guide_and_a_resident_answers_it(visit: Windows):
    page = form(visit, "guide")
    fill(page, title="冬季取暖补贴", gives="一笔补贴。", questions=CIRCLE, source="测试规定")
    shown = preview(page)
    told = shown.locator(".notice.stop li")
    expect(told).to_have_text(
        [re.compile("From the question “coal” one comes back to it: coal > low > coal. Lead one answer")],
        timeout=SOON,
    )
    fill(page, questions=DEAD_END)
    expect(told).to_contain_text(
        ["leads to “nowhere”, which is no question and no outcome here."], timeout=SOON
    )
    fill(page, questions=UNANSWERED)
    expect(told).to_contain_text(["The question “low” (line 5) needs from 2 to 10 answers."], timeout=SOON)

    save(page)  # nothing that was typed is lost
    assert "/new/" in page.url
    expect(page.locator(".error-message", has_text="needs from 2 to 10 answers")).to_have_count(1)
    assert page.locator("[name=questions]").input_value().replace("\r", "") == UNANSWERED

    fill(page, questions=RIGHT, source_date="2020-01-01", code="heat")
    page.keyboard.press("Escape")
    save(page)
    assert page.url.endswith("/admin/guide/")
    follow(page, "a:text('冬季取暖补贴')")
    if not page.locator("#w-preview-iframe").is_visible():  # Wagtail leaves it open where it was
        preview(page)
    answer(shown, 0, 0)
    expect(shown.locator("[data-verdict=likely]")).to_be_visible()
    page.goto(page.url.replace("/edit/", "/history/"))
    expect(page.locator("main")).to_contain_text("Created under the code heat")

    resident = visit("/learning/guides/")
    follow(resident, "main a:text('冬季取暖补贴')")
    answer(resident, 0, 1)
    expect(resident.locator("[data-outcome=no]")).to_be_visible()


def test_editor_announces_a_live_session_and_a_resident_puts_it_into_the_calendar(
    visit: Windows, tmp_path: Path
):
    day = timezone.localdate() + datetime.timedelta(days=3)
    page = form(visit, "resource")
    page.locator("[name=kind]").select_option("live")
    fill(page, title="取暖安全一起学", code="live-heat", minutes="45", join="会议号见当天通知")
    shown = preview(page)
    expect(shown.locator(".notice.stop li")).to_contain_text(
        ["A live session needs the day and time"], timeout=SOON
    )
    fill(page, starts_at=f"{day} 19:30")
    page.keyboard.press("Escape")
    expect(shown.locator("main time")).to_have_text(f"{day} 19:30", timeout=SOON)
    save(page)
    assert page.url.endswith("/admin/resource/")

    resident = visit("/learning/")
    follow(resident, "section[aria-labelledby=coming] a:text('取暖安全一起学')")
    with resident.expect_download() as waiting:
        resident.locator("a[href='/learning/session/live-heat/']").click()
    assert waiting.value.suggested_filename == "取暖安全一起学.ics"
    waiting.value.save_as(tmp_path / "it.ics")
    assert f"DTSTART:{day:%Y%m%d}T113000Z" in (tmp_path / "it.ics").read_text("utf-8")
