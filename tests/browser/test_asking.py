"""A resident asks in three steps at 390 px, goes back and loses nothing; and follows what others reported."""

import pytest
from playwright.sync_api import Page

from tests.browser.conftest import Windows, follow
from tests.browser.test_every_page import violations, wider_than_the_window

pytestmark = pytest.mark.browser

GRID = "150203100005002"
COMMUNITY = GRID[:12]


def look(page: Page, script: bool = True) -> None:
    assert wider_than_the_window(page) == 0, page.url
    if script:  # else axe does not run either
        assert violations(page) == [], page.url


@pytest.mark.parametrize("script", [True, False], ids=["script", "no script"])
def test_three_steps_and_back(visit: Windows, script: bool):
    page = visit("/ask/", script=script)
    assert page.locator("a[href='tel:119']").is_visible()
    look(page, script)
    follow(page, "main form button[value='street-lamp']")
    look(page, script)
    page.locator("[name=area]").select_option(GRID)
    follow(page, "main form button.big")
    look(page, script)
    page.locator("[name=words]").fill(f"花园旁边的路灯不亮（{script}）")
    page.locator("[name=q-pole]").fill("A-7")
    page.locator("[name=contact_phone]").fill("13900000001")

    follow(page, "button[name=step][value=what]")
    look(page, script)
    follow(page, "main form button[value='facility']")
    assert page.locator("[name=words]").input_value() == f"花园旁边的路灯不亮（{script}）"
    assert page.locator("[name=q-pole]").count() == 0
    follow(page, "button[name=step][value=what]")
    follow(page, "main form button[value='street-lamp']")
    follow(page, "button[name=step][value=where]")
    look(page, script)
    page.locator("[name=area]").select_option(COMMUNITY)
    follow(page, "main form button.big")
    assert page.locator("[name=contact_phone]").input_value() == "13900000001"

    page.locator("[name=contact_phone]").press("Enter")  # sends, and does not go back
    page.wait_for_url("**/r/**")
    assert page.locator("main svg.qr").is_visible()


def test_what_is_reported_is_offered_to_be_followed(visit: Windows):
    page = visit(f"/ask/?category=facility&area={GRID}")
    assert page.locator("a[href^='/ask/known/']").count() == 0
    page.locator("[name=words]").fill("单杠松了")
    follow(page, "main form button.big")

    page.goto(f"/ask/?category=facility&area={GRID}")
    look(page)
    assert "单杠松了" not in page.locator("main").inner_text()
    follow(page, "a[href^='/ask/known/']")
    look(page)
    assert page.locator(".progress [aria-current]").count() == 1
    assert "单杠松了" not in page.content()
    follow(page, "main a.button")
    assert page.locator("[name=words]").is_visible()
